#include "wiper/linux/findings.h"

#include <blkid/blkid.h>
#include <fcntl.h>

#include <array>
#include <memory>

#include "wiper/linux/descriptor.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr int kMostPartitions = 64;            // A hostile table may name thousands.
constexpr std::size_t kFirstLook = 64 * 1024;  // Where most magic numbers stand.

// What a donor's disk may hold. Only these are asked: each prober more is code that reads hostile bytes.
constexpr std::array kFileSystems = {
    "ntfs",        "vfat",    "exfat", "BitLocker", "ReFS",      "ext2",        "ext3",
    "ext4",        "jbd",     "btrfs", "xfs",       "f2fs",      "jfs",         "reiserfs",
    "hfs",         "hfsplus", "apfs",  "swap",      "swsuspend", "LVM2_member", "linux_raid_member",
    "crypto_LUKS", "iso9660", "udf"};

struct Free {
  void operator()(blkid_probe probe) const { blkid_free_probe(probe); }
};
using Probe = std::unique_ptr<std::remove_pointer_t<blkid_probe>, Free>;

std::string value_of(blkid_probe probe, const char* name) {
  const char* text = nullptr;
  std::size_t length = 0;
  if (blkid_probe_lookup_value(probe, name, &text, &length) != 0 || text == nullptr) return "";
  return sanitise_text({text, length});  // The length counts the zero at the end: a blank.
}

Probe probe_at(const Descriptor& drive, const Geometry& geometry, std::uint64_t offset, std::uint64_t size) {
  Probe probe(blkid_new_probe());
  if (!probe) return probe;
  std::array<char*, kFileSystems.size() + 1> names{};
  for (std::size_t i = 0; i < kFileSystems.size(); ++i)
    names[i] = const_cast<char*>(kFileSystems[i]);  // C, never written.
  const bool ready = blkid_probe_set_device(probe.get(), drive.number(), static_cast<blkid_loff_t>(offset),
                                            static_cast<blkid_loff_t>(size)) == 0 &&
                     blkid_probe_set_sectorsize(probe.get(), geometry.logical_bytes) == 0 &&
                     blkid_probe_enable_superblocks(probe.get(), 1) == 0 &&
                     blkid_probe_set_superblocks_flags(probe.get(), BLKID_SUBLKS_TYPE | BLKID_SUBLKS_LABEL) == 0 &&
                     blkid_probe_filter_superblocks_type(probe.get(), BLKID_FLTR_ONLYIN, names.data()) == 0;
  return ready ? std::move(probe) : Probe();
}

void find_at(const Descriptor& drive, const Geometry& geometry, std::uint64_t offset, std::uint64_t size,
             std::vector<Finding>& findings) {
  const Probe probe = probe_at(drive, geometry, offset, size);
  if (!probe || blkid_do_fullprobe(probe.get()) != 0) return;
  const std::string type = value_of(probe.get(), "TYPE");
  if (!type.empty()) findings.push_back({type, value_of(probe.get(), "LABEL"), offset, size});
}

struct Area {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The table's name, and where its partitions lie.
std::string read_table(const Descriptor& drive, const Geometry& geometry, std::vector<Area>& areas) {
  constexpr std::uint64_t kUnit = 512;  // libblkid counts in these, whatever the drive's blocks are.
  const std::uint64_t whole = geometry.size_bytes();
  const Probe probe = probe_at(drive, geometry, 0, whole);
  if (!probe || blkid_probe_enable_superblocks(probe.get(), 0) != 0 ||
      blkid_probe_enable_partitions(probe.get(), 1) != 0)
    return "";
  blkid_partlist list = blkid_probe_get_partitions(probe.get());  // Belongs to the probe.
  blkid_parttable table = list == nullptr ? nullptr : blkid_partlist_get_table(list);
  const char* type = table == nullptr ? nullptr : blkid_parttable_get_type(table);
  if (type == nullptr) return "";
  for (int i = 0; i < blkid_partlist_numof_partitions(list) && i < kMostPartitions; ++i) {
    blkid_partition partition = blkid_partlist_get_partition(list, i);
    if (partition == nullptr || blkid_partition_is_extended(partition) != 0) continue;
    const auto start = static_cast<std::uint64_t>(blkid_partition_get_start(partition));
    const auto count = static_cast<std::uint64_t>(blkid_partition_get_size(partition));
    const bool inside = start <= whole / kUnit && count <= whole / kUnit - start && count > 0;
    if (inside) areas.push_back({start * kUnit, count * kUnit});
  }
  return sanitise_text(type);
}

// A sick drive takes half a minute for each block that it cannot read, and libblkid asks a hundred times.
bool first_bytes_can_be_read(const Descriptor& drive, const Geometry& geometry) {
  std::vector<std::byte> bytes(static_cast<std::size_t>(std::min<std::uint64_t>(kFirstLook, geometry.size_bytes())));
  return ::pread(drive.number(), bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size());
}

}  // namespace

std::vector<Finding> findings_on(const std::string& path, const Geometry& geometry) {
  std::vector<Finding> findings;
  const Descriptor drive(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!drive.is_open() || geometry.block_count == 0 || !first_bytes_can_be_read(drive, geometry)) return findings;
  std::vector<Area> areas;
  const std::string table = read_table(drive, geometry, areas);
  if (!table.empty()) findings.push_back({table, "", 0, geometry.size_bytes()});
  if (areas.empty())
    find_at(drive, geometry, 0, geometry.size_bytes(), findings);  // The whole disk as one file system.
  for (const Area area : areas) find_at(drive, geometry, area.offset, area.size, findings);
  return findings;
}

}  // namespace relance
