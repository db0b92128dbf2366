#include "imager/partition/write_table.h"

#include <parted/parted.h>

#include <algorithm>
#include <mutex>

#include "imager/partition/gpt.h"
#include "imager/partition/mbr.h"
#include "imager/partition/read_layout.h"

namespace relance {
namespace {

constexpr std::uint32_t kGptEntries = 128;  // What libparted writes.
constexpr std::uint32_t kPrimaryEntries = 4;
constexpr std::uint64_t kEbrSpaceBytes = kLayoutAlignment;  // plan_layout leaves it in front of each logical partition.

// A memory file as the drive whose tables it holds.
class MemoryReader : public BlockReader {
 public:
  MemoryReader(const MemoryFile& memory, Geometry geometry) : memory_(memory), geometry_(geometry) {}
  Geometry geometry() const override { return geometry_; }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override {
    return memory_.read(range.first * geometry_.logical_bytes, bytes);
  }

 private:
  const MemoryFile& memory_;
  Geometry geometry_;
};

// libparted keeps its list of devices and its handler of "exceptions" in globals: one caller at a time. Nothing under
// this lock calls into a seam.
struct Libparted {
  std::mutex mutex;
  std::string complaint;  // The last one; under the mutex.
};
Libparted& libparted() {
  static Libparted all;
  return all;
}

// Nothing of ours is to be repaired or ignored: every question is answered with no.
PedExceptionOption answer(PedException* exception) {
  libparted().complaint = exception->message;
  return PED_EXCEPTION_UNHANDLED;
}

struct FreeDevice {
  void operator()(PedDevice* device) const { ped_device_destroy(device); }
};
struct FreeDisk {
  void operator()(PedDisk* disk) const { ped_disk_destroy(disk); }
};
struct FreeConstraint {
  void operator()(PedConstraint* constraint) const { ped_constraint_destroy(constraint); }
};
using Device = std::unique_ptr<PedDevice, FreeDevice>;
using Disk = std::unique_ptr<PedDisk, FreeDisk>;

Error refused(Errc code, std::string_view what) {
  return {code, Stop::Internal,
          "libparted: " + std::string(what) + (libparted().complaint.empty() ? "" : ": ") + libparted().complaint};
}

// The file as a drive of that geometry; libparted by itself would take 512 bytes and a floppy's heads.
Result<Device> open_device(const std::string& path, const Geometry& geometry) {
  libparted().complaint.clear();
  ped_exception_set_handler(answer);
  Device device(ped_device_get(path.c_str()));
  if (!device) return refused(Errc::Io, "cannot open the memory file");
  device->sector_size = geometry.logical_bytes;
  device->phys_sector_size = geometry.physical_bytes;
  device->length = static_cast<PedSector>(geometry.block_count);
  // 255 heads and 63 sectors: what every BIOS since 1996 assumes; some guess their geometry from the table's CHS fields.
  constexpr int kHeads = 255;
  constexpr int kSectors = 63;
  const std::uint64_t cylinders = geometry.block_count / (kHeads * kSectors);
  device->bios_geom = {static_cast<int>(std::min<std::uint64_t>(cylinders, INT32_MAX)), kHeads, kSectors};
  device->hw_geom = device->bios_geom;
  return device;
}

struct Place {
  std::uint32_t number = 0;
  LbaRange range;
  auto operator<=>(const Place&) const = default;
};

std::vector<Place> places_of(const std::vector<LayoutPartition>& partitions) {
  std::vector<Place> places;
  for (const LayoutPartition& partition : partitions) places.push_back({partition.number, partition.range});
  std::sort(places.begin(), places.end());
  return places;
}

Result<std::vector<Place>> read_places(const std::string& path, TableKind kind, const Geometry& geometry) {
  const std::lock_guard lock(libparted().mutex);
  const Device device = TRY(open_device(path, geometry));
  const Disk disk(ped_disk_new(device.get()));
  if (!disk) return refused(Errc::Corrupt, "cannot read the partition table");
  if (std::string_view(disk->type->name) != (kind == TableKind::Gpt ? "gpt" : "msdos"))
    return refused(Errc::Corrupt, "takes the partition table for another kind");
  std::vector<Place> places;
  for (PedPartition* part = ped_disk_next_partition(disk.get(), nullptr); part != nullptr;
       part = ped_disk_next_partition(disk.get(), part)) {
    if (ped_partition_is_active(part) == 0 || part->type == PED_PARTITION_EXTENDED) continue;
    places.push_back({static_cast<std::uint32_t>(part->num),
                      {static_cast<std::uint64_t>(part->geom.start), static_cast<std::uint64_t>(part->geom.length)}});
  }
  std::sort(places.begin(), places.end());
  return places;
}

Result<void> add_partition(PedDisk* disk, PedPartitionType type, Place place) {
  const auto start = static_cast<PedSector>(place.range.first);
  PedPartition* part =
      ped_partition_new(disk, type, nullptr, start, start + static_cast<PedSector>(place.range.count) - 1);
  if (part == nullptr) return refused(Errc::Invalid, "refuses a partition");
  if (type != PED_PARTITION_LOGICAL) part->num = static_cast<int>(place.number);  // Logical ones are counted by itself.
  const std::unique_ptr<PedConstraint, FreeConstraint> exact(ped_constraint_exact(&part->geom));
  if (!exact || ped_disk_add_partition(disk, part, exact.get()) == 0) {
    ped_partition_destroy(part);
    return refused(Errc::Invalid, "cannot place a partition");
  }
  if (part->num != static_cast<int>(place.number)) return refused(Errc::Invalid, "gives a partition another number");
  return {};
}

Place extended_around(const Layout& layout, std::uint64_t ebr_blocks) {
  Place extended{.number = 1, .range = {}};
  for (const LayoutPartition& partition : layout.partitions) {
    if (partition.number <= kPrimaryEntries) continue;
    const std::uint64_t first = extended.range.empty() ? partition.range.first - ebr_blocks : extended.range.first;
    extended.range = range_between(first, partition.range.end());
  }
  const auto is_taken = [&](const LayoutPartition& partition) { return partition.number == extended.number; };
  while (std::any_of(layout.partitions.begin(), layout.partitions.end(), is_taken)) ++extended.number;
  return extended;
}

Result<void> write_places(const std::string& path, const Layout& layout, const Geometry& geometry) {
  const std::lock_guard lock(libparted().mutex);
  const Device device = TRY(open_device(path, geometry));
  const Disk disk(ped_disk_new_fresh(device.get(), ped_disk_type_get(layout.kind == TableKind::Gpt ? "gpt" : "msdos")));
  if (!disk) return refused(Errc::Invalid, "cannot make a partition table");
  const std::uint32_t primary = layout.kind == TableKind::Gpt ? kGptEntries : kPrimaryEntries;

  const Place extended = extended_around(layout, kEbrSpaceBytes / geometry.logical_bytes);
  if (layout.kind == TableKind::Mbr && !extended.range.empty())
    TRY(add_partition(disk.get(), PED_PARTITION_EXTENDED, extended));
  for (const LayoutPartition& partition : layout.partitions)
    TRY(add_partition(disk.get(), partition.number > primary ? PED_PARTITION_LOGICAL : PED_PARTITION_NORMAL,
                      {partition.number, partition.range}));
  if (ped_disk_commit_to_dev(disk.get()) == 0) return refused(Errc::Io, "cannot write the partition table");
  return {};
}

Result<void> fits_table(const Layout& layout, const Geometry& geometry) {
  const std::uint32_t most = layout.kind == TableKind::Gpt ? kGptEntries : 64;
  const std::uint64_t limit =
      layout.kind == TableKind::Gpt ? geometry.block_count : std::min(geometry.block_count, kMbrMostBlocks);
  std::uint64_t previous_end = kEbrSpaceBytes / geometry.logical_bytes;
  for (const LayoutPartition& partition : layout.partitions) {
    const bool is_logical = layout.kind == TableKind::Mbr && partition.number > kPrimaryEntries;
    const std::uint64_t before = is_logical ? kEbrSpaceBytes / geometry.logical_bytes : 0;
    if (partition.number == 0 || partition.number > most || partition.range.empty() ||
        partition.range.first < previous_end + before || partition.range.end() > limit)
      return Error{Errc::Invalid, Stop::Internal, "a layout that no partition table can hold"};
    previous_end = partition.range.end();
  }
  return {};
}

Result<Bytes> blocks_of(const MemoryFile& memory, LbaRange range, const Geometry& geometry) {
  Bytes bytes(static_cast<std::size_t>(range.count) * geometry.logical_bytes);
  TRY(memory.read(range.first * geometry.logical_bytes, bytes));
  return bytes;
}

Result<Bytes> first_block(const MemoryFile& memory, const Geometry& geometry) {
  Bytes block = TRY(blocks_of(memory, {0, 1}, geometry));
  std::fill_n(block.begin(), kBootCodeBytes,
              std::byte{0});  // libparted has boot code of its own; ours comes later or not at all.
  return block;
}

Result<void> put_gpt(const MemoryFile& memory, const Layout& layout, const Geometry& geometry, Overlay& overlay) {
  for (const std::uint64_t lba : {kGptPrimaryLba, geometry.block_count - 1}) {
    Bytes header_block = TRY(blocks_of(memory, {lba, 1}, geometry));
    const GptHeader header = TRY(parse_gpt_header(header_block, lba, geometry));
    Bytes entries = TRY(blocks_of(memory, header.entries, geometry));
    TRY(stamp_gpt(header_block, entries, layout));
    overlay.put(lba, header_block);
    overlay.put(header.entries.first, entries);
  }
  const Bytes block = TRY(first_block(memory, geometry));
  overlay.put(0, block);
  return {};
}

Result<void> put_mbr(const MemoryFile& memory, const Layout& layout, const Geometry& geometry, Overlay& overlay) {
  MemoryReader reader(memory, geometry);
  const MbrTable table = TRY(read_mbr(reader));
  Bytes block = TRY(first_block(memory, geometry));
  TRY(stamp_mbr_disk_id(block, layout.disk_id));
  overlay.put(0, block);
  for (const MbrPartition& place : table.partitions) {
    const auto wanted = std::find_if(layout.partitions.begin(), layout.partitions.end(),
                                     [&](const auto& partition) { return partition.number == place.partition.number; });
    require(wanted != layout.partitions.end(), "libparted wrote a partition that nobody asked for");
    const auto in_overlay = overlay.block(place.table_lba);
    Bytes table_block = in_overlay ? Bytes(in_overlay->begin(), in_overlay->end()) : Bytes{};
    if (!in_overlay) table_block = TRY(blocks_of(memory, {place.table_lba, 1}, geometry));
    TRY(stamp_mbr_entry(table_block, place, *wanted));
    overlay.put(place.table_lba, table_block);
  }
  return {};
}

}  // namespace

Result<Overlay> write_table(Tools& tools, const Layout& layout, const Geometry& geometry) {
  TRY(fits_table(layout, geometry));
  const std::unique_ptr<MemoryFile> memory = TRY(tools.make_memory_file(geometry.size_bytes()));
  TRY(write_places(memory->path(), layout, geometry));

  Overlay overlay(geometry.logical_bytes);
  if (layout.kind == TableKind::Gpt)
    TRY(put_gpt(*memory, layout, geometry, overlay));
  else
    TRY(put_mbr(*memory, layout, geometry, overlay));

  // Read back as anybody will: what differs from the layout is our mistake or libparted's, and nothing is written.
  const ExtentSet extents = overlay.extents();
  for (const LbaRange extent : extents.ranges())
    for (std::uint64_t lba = extent.first; lba < extent.end(); ++lba)
      TRY(memory->write(lba * geometry.logical_bytes, *overlay.block(lba)));
  MemoryReader reader(*memory, geometry);
  const Layout ours = TRY(read_layout(reader));
  const std::vector<Place> theirs = TRY(read_places(memory->path(), layout.kind, geometry));
  if (ours != layout || theirs != places_of(layout.partitions))
    return Error{Errc::Invalid, Stop::Internal, "the partition table came out other than planned"};
  return overlay;
}

}  // namespace relance
