// Boot sector and folder entries as in fat_layout.h and fat_volume.cpp. Of the boot sector the offsets behind 36 (FAT32: 64)
// are: +0 drive, +2 29: the three that follow are there, +3 serial, +7 label (11), +18 "FAT32   ".

#include "imager/filesystem/rebuild_fat.h"

#include <algorithm>
#include <cstring>

namespace relance {
namespace {

constexpr std::size_t kBootBytes = 512;
constexpr std::size_t kEntryBytes = 32;
constexpr std::size_t kNameBytes = 11;
constexpr std::uint32_t kFatCount = 2;
constexpr std::uint32_t kRootEntries = 512;         // Of FAT12 and FAT16: what everybody gives them.
constexpr std::uint64_t kMostRootEntries = 0xff80;  // 16 bits, in whole sectors of up to 4096 bytes.
constexpr std::uint32_t kReserved32 = 32;           // Sectors in front of a FAT32: as mkfs.fat.
constexpr std::uint32_t kBootCopy = 6;              // Of them the one with the second boot sector.
constexpr std::uint64_t kMostClusters12 = 4084;     // The number of clusters tells which kind a FAT is.
constexpr std::uint64_t kMostClusters16 = 65524;
constexpr std::uint64_t kMostClusters32 = 0x0ffffff4;

// An EFI partition has a hundred files and 50 MB. These bound what a hostile one costs.
constexpr std::uint64_t kLargestFat = std::uint64_t{8} << 20;  // In memory: two million clusters.
constexpr std::uint64_t kMostFolderBytes = std::uint64_t{8} << 20;
constexpr std::size_t kMostPieces = 1 << 18;

Error damaged(const char* what) { return {Errc::Corrupt, Stop::ImageHostile, std::string("FAT: ") + what}; }
Error unsuited(const char* what) {
  return {Errc::Refused, Stop::ImageUnsuited,
          std::string("the image's FAT cannot be rebuilt for the drive's blocks: ") + what};
}

std::uint64_t divided_up(std::uint64_t number, std::uint64_t by) { return (number + by - 1) / by; }

std::uint8_t u8_at(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

// Chains jump about in the table, and the source may have to decode four megabytes for each look.
class WithTableInMemory final : public ByteReader {
 public:
  static Result<WithTableInMemory> of(ByteReader& below, const Fat& fat) {
    Bytes table(static_cast<std::size_t>(fat.fat_sectors * fat.sector_bytes));
    TRY(below.read(fat.fat_start * fat.sector_bytes, table));
    return WithTableInMemory(below, fat.fat_start * fat.sector_bytes, std::move(table));
  }
  std::uint64_t size_bytes() const override { return below_->size_bytes(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override {
    if (offset < start_ || !lies_inside(offset - start_, bytes.size(), table_.size()))
      return below_->read(offset, bytes);
    std::memcpy(bytes.data(), table_.data() + (offset - start_), bytes.size());
    return {};
  }

 private:
  WithTableInMemory(ByteReader& below, std::uint64_t start, Bytes table)
      : below_(&below), start_(start), table_(std::move(table)) {}
  ByteReader* below_;
  std::uint64_t start_;
  Bytes table_;
};

// Where things lie on the target; in sectors, which are clusters too.
struct Shape {
  unsigned bits = 0;
  std::uint64_t reserved = 0;
  std::uint64_t fat_sectors = 0;
  std::uint64_t root_sectors = 0;  // 0 on FAT32.
  std::uint64_t clusters = 0;

  std::uint64_t root_start() const { return reserved + kFatCount * fat_sectors; }
  std::uint64_t data_start() const { return root_start() + root_sectors; }
  std::uint64_t sectors() const { return data_start() + clusters; }
};

// Of as many sectors as there are, or as many as that kind can name. No clusters: too small.
Shape shape_with(unsigned bits, std::uint64_t sectors, std::uint64_t root_sectors, std::uint32_t sector_bytes) {
  const bool is_32 = bits == 32;
  const std::uint64_t most = is_32 ? kMostClusters32 : bits == 16 ? kMostClusters16 : kMostClusters12;
  Shape shape{.bits = bits, .reserved = is_32 ? kReserved32 : 1, .root_sectors = is_32 ? 0 : root_sectors};
  if (sectors <= shape.data_start()) return shape;
  shape.fat_sectors =
      divided_up((std::min(most, sectors - shape.data_start()) + 2) * bits, std::uint64_t{8} * sector_bytes);
  if (sectors > shape.data_start()) shape.clusters = std::min(most, sectors - shape.data_start());
  return shape;
}

Shape shape_for(std::uint64_t sectors, std::uint64_t root_sectors, std::uint32_t sector_bytes) {
  const Shape large = shape_with(32, sectors, root_sectors, sector_bytes);
  if (large.clusters > kMostClusters16) return large;
  const Shape middle = shape_with(16, sectors, root_sectors, sector_bytes);
  if (middle.clusters > kMostClusters12) return middle;
  return shape_with(12, sectors, root_sectors, sector_bytes);
}

void put_slot(std::span<std::byte> table, unsigned bits, std::uint32_t cluster, std::uint32_t next) {
  const std::size_t at = static_cast<std::size_t>(cluster) * bits / 8;
  if (bits == 32) return store_le<std::uint32_t>(table.subspan(at), next & 0x0fffffff);
  if (bits == 16) return store_le<std::uint16_t>(table.subspan(at), static_cast<std::uint16_t>(next));
  const unsigned shift = cluster % 2 == 0 ? 0 : 4;
  const std::uint32_t held = load_le<std::uint16_t>(table.subspan(at)) & ~(0xfffU << shift);
  store_le<std::uint16_t>(table.subspan(at), static_cast<std::uint16_t>(held | (next & 0xfffU) << shift));
}

bool is_long_part(std::span<const std::byte> entry) { return (u8_at(entry, 11) & 0x3f) == 0x0f; }
bool is_label(std::span<const std::byte> entry) { return (u8_at(entry, 11) & 0x08) != 0; }
bool is_folder(std::span<const std::byte> entry) { return (u8_at(entry, 11) & 0x10) != 0; }
bool has_name(std::span<const std::byte> entry, std::string_view name) {
  return as_text(entry.first(kNameBytes)) == std::string(name) + std::string(kNameBytes - name.size(), ' ');
}

// Without what was deleted, and without parts of long names that lost what they name.
Bytes kept_entries(std::span<const std::byte> folder) {
  Bytes kept;
  std::size_t whole = 0;  // Of `kept`: up to the last entry that is no part of a name.
  for (; folder.size() >= kEntryBytes && u8_at(folder, 0) != 0; folder = folder.subspan(kEntryBytes)) {
    const auto entry = folder.first(kEntryBytes);
    const bool is_deleted = u8_at(entry, 0) == 0xe5;
    if (is_deleted) kept.resize(whole);
    if (is_deleted) continue;
    kept.insert(kept.end(), entry.begin(), entry.end());
    if (!is_long_part(entry)) whole = kept.size();
  }
  kept.resize(whole);
  return kept;
}

std::uint32_t cluster_of(std::span<const std::byte> entry, unsigned bits) {
  const std::uint32_t low = load_le<std::uint16_t>(entry.subspan(26));
  return bits == 32 ? (std::uint32_t{load_le<std::uint16_t>(entry.subspan(20))} << 16) | low : low;
}
void put_cluster(std::span<std::byte> entry, std::uint32_t cluster) {
  store_le<std::uint16_t>(entry.subspan(20), static_cast<std::uint16_t>(cluster >> 16));
  store_le<std::uint16_t>(entry.subspan(26), static_cast<std::uint16_t>(cluster));
}

}  // namespace

// Gives each folder and file of the source a run of clusters, in the order in which they are met.
class FatRebuilder {
 public:
  FatRebuilder(FatVolume volume, std::span<const std::byte> boot, std::uint32_t sector_bytes)
      : volume_(std::move(volume)),
        boot_(boot),
        sector_bytes_(sector_bytes),
        seen_(static_cast<std::size_t>(volume_.layout().clusters)) {}

  Result<RebuiltFat> plan(std::uint64_t size_bytes);

 private:
  struct Folder {
    Bytes entries;
    std::uint32_t cluster = 0;  // 0: the root of a FAT12 or FAT16.
    std::uint32_t parent = 0;   // As ".." has it: 0 is the root.
  };

  Result<Folder> read_folder(std::uint32_t source_cluster, std::uint32_t parent);
  Result<void> move_entries(std::size_t index);
  Result<void> move_folder(std::span<std::byte> entry, std::uint32_t parent);
  Result<void> move_file(std::span<std::byte> entry);
  Result<void> claim(std::span<const std::uint32_t> chain);
  Result<std::uint32_t> allocate(std::uint64_t bytes);
  std::uint64_t offset_of(std::uint32_t cluster) const { return (shape_.data_start() + cluster - 2) * sector_bytes_; }
  void put_folders();
  void put_tables();
  void put_boot();

  FatVolume volume_;
  std::span<const std::byte> boot_;
  std::uint32_t sector_bytes_;
  std::vector<bool> seen_;  // Clusters of the source that somebody has.
  std::uint64_t folder_bytes_ = 0;
  Shape shape_;
  std::vector<Folder> folders_;  // The root first.
  std::vector<LbaRange> runs_;   // Of clusters of the target, each a chain; ascending without a gap from 2.
  std::uint64_t next_ = 2;
  RebuiltFat made_;
};

Result<FatRebuilder::Folder> FatRebuilder::read_folder(std::uint32_t source_cluster, std::uint32_t parent) {
  const Fat& fat = volume_.layout();
  const std::uint32_t first = source_cluster == 0 && fat.bits == 32 ? fat.root_cluster : source_cluster;
  if (first != 0) {
    const std::vector<std::uint32_t> chain = TRY(volume_.chain_from(first, kMostFolderBytes));
    folder_bytes_ += chain.size() * std::uint64_t{fat.cluster_bytes()};
    TRY(claim(chain));
  }
  if (folder_bytes_ > kMostFolderBytes) return unsuited("its folders are too large");
  const Bytes bytes = TRY(volume_.folder_bytes(first));
  return Folder{.entries = kept_entries(bytes), .cluster = 0, .parent = parent};
}

Result<void> FatRebuilder::claim(std::span<const std::uint32_t> chain) {
  for (const std::uint32_t cluster : chain) {
    const std::size_t at = cluster - 2;  // next_of() has looked at each.
    if (seen_[at]) return damaged("two files in one cluster");
    seen_[at] = true;
  }
  return {};
}

Result<std::uint32_t> FatRebuilder::allocate(std::uint64_t bytes) {
  const std::uint64_t count = divided_up(bytes, sector_bytes_);
  if (count > shape_.clusters + 2 - next_) return unsuited("it has too few blocks for the files");
  runs_.push_back({next_, count});
  next_ += count;
  return static_cast<std::uint32_t>(runs_.back().first);
}

Result<void> FatRebuilder::move_file(std::span<std::byte> entry) {
  const Fat& fat = volume_.layout();
  const std::uint64_t size = load_le<std::uint32_t>(entry.subspan(28));
  const std::uint32_t first = cluster_of(entry, fat.bits);
  put_cluster(entry, 0);
  if (size == 0) return {};
  const std::vector<std::uint32_t> chain = TRY(volume_.chain_from(first, size));
  if (first == 0 || chain.size() * std::uint64_t{fat.cluster_bytes()} < size)
    return damaged("a file that ends before its size");
  TRY(claim(chain));
  const std::uint32_t cluster = TRY(allocate(size));
  put_cluster(entry, cluster);

  std::uint64_t target = offset_of(cluster);
  std::uint64_t left = size;
  for (std::size_t i = 0; left > 0; ++i) {
    const std::uint64_t from = fat.cluster_offset(chain[i]);
    const std::uint64_t some = std::min<std::uint64_t>(left, fat.cluster_bytes());
    const bool goes_on = !made_.copied_.empty() && made_.copied_.back().target + made_.copied_.back().size == target &&
                         made_.copied_.back().source + made_.copied_.back().size == from;
    if (goes_on)
      made_.copied_.back().size += some;
    else
      made_.copied_.push_back({target, from, some});
    if (made_.copied_.size() > kMostPieces) return unsuited("its files are in too many pieces");
    target += some;
    left -= some;
  }
  return {};
}

Result<void> FatRebuilder::move_folder(std::span<std::byte> entry, std::uint32_t parent) {
  const std::uint32_t first = cluster_of(entry, volume_.layout().bits);
  if (first == 0) return damaged("a folder without a cluster");
  Folder folder = TRY(read_folder(first, parent));
  folder.cluster = TRY(allocate(std::max<std::uint64_t>(folder.entries.size(), 1)));
  put_cluster(entry, folder.cluster);
  folders_.push_back(std::move(folder));
  return {};
}

Result<void> FatRebuilder::move_entries(std::size_t index) {
  Bytes entries = std::move(folders_[index].entries);  // `folders_` grows meanwhile.
  const std::uint32_t self = folders_[index].cluster;
  const std::uint32_t as_parent = index == 0 ? 0 : self;
  for (std::size_t at = 0; at < entries.size(); at += kEntryBytes) {
    const std::span<std::byte> entry = std::span(entries).subspan(at, kEntryBytes);
    if (is_long_part(entry)) continue;
    if (index != 0 && has_name(entry, "."))
      put_cluster(entry, self);
    else if (index != 0 && has_name(entry, ".."))
      put_cluster(entry, folders_[index].parent);
    else if (is_label(entry))
      put_cluster(entry, 0);
    else if (is_folder(entry))
      TRY(move_folder(entry, as_parent));
    else
      TRY(move_file(entry));
  }
  folders_[index].entries = std::move(entries);
  return {};
}

void FatRebuilder::put_folders() {
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    const std::uint64_t offset =
        folders_[i].cluster == 0 ? shape_.root_start() * sector_bytes_ : offset_of(folders_[i].cluster);
    if (!folders_[i].entries.empty()) made_.made_.emplace(offset, std::move(folders_[i].entries));
  }
}

void FatRebuilder::put_tables() {
  constexpr std::uint32_t kEnd = 0x0fffffff;  // Also "clean, no errors" of the second entry.
  Bytes table(
      static_cast<std::size_t>(divided_up(next_ * shape_.bits, 8) + 1));  // Slots of 12 bits are put by pairs of bytes.
  put_slot(table, shape_.bits, 0, 0x0ffffff8);                            // The medium: a fixed disk.
  put_slot(table, shape_.bits, 1, kEnd);
  for (const LbaRange run : runs_)
    for (std::uint64_t cluster = run.first; cluster < run.end(); ++cluster)
      put_slot(table, shape_.bits, static_cast<std::uint32_t>(cluster),
               cluster + 1 == run.end() ? kEnd : static_cast<std::uint32_t>(cluster + 1));
  table.resize(std::min<std::size_t>(table.size(), static_cast<std::size_t>(shape_.fat_sectors) * sector_bytes_));
  for (std::uint64_t copy = 0; copy < kFatCount; ++copy)
    made_.made_.emplace((shape_.reserved + copy * shape_.fat_sectors) * sector_bytes_, table);
}

void FatRebuilder::put_boot() {
  const bool is_32 = shape_.bits == 32;
  Bytes sector(kBootBytes);
  const std::span<std::byte> out(sector);
  const auto put8 = [&](std::size_t at, unsigned value) { out[at] = static_cast<std::byte>(value); };
  const auto put16 = [&](std::size_t at, std::uint64_t value) {
    store_le<std::uint16_t>(out.subspan(at), static_cast<std::uint16_t>(value));
  };
  const auto put32 = [&](std::size_t at, std::uint64_t value) {
    store_le<std::uint32_t>(out.subspan(at), static_cast<std::uint32_t>(value));
  };
  std::copy_n(boot_.begin() + 3, 8, sector.begin() + 3);  // Who made it.
  put8(0, 0xeb);
  put8(1, is_32 ? 0x58 : 0x3c);
  put8(2, 0x90);
  put16(11, sector_bytes_);
  put8(13, 1);
  put16(14, shape_.reserved);
  put8(16, kFatCount);
  put16(17, shape_.root_sectors * sector_bytes_ / kEntryBytes);
  if (!is_32 && shape_.sectors() <= UINT16_MAX)
    put16(19, shape_.sectors());
  else
    put32(32, shape_.sectors());
  put8(21, 0xf8);
  put16(24, 63);
  put16(26, 255);
  const std::size_t extended = is_32 ? 64 : 36;
  const std::size_t from = volume_.layout().bits == 32 ? 64 : 36;
  if (is_32) {
    put32(36, shape_.fat_sectors);
    put32(44, 2);
    put16(48, 1);
    put16(50, kBootCopy);
  } else {
    put16(22, shape_.fat_sectors);
  }
  put8(extended, 0x80);
  put8(extended + 2, 0x29);
  std::copy_n(boot_.begin() + static_cast<std::ptrdiff_t>(from) + 3, 4 + kNameBytes,
              sector.begin() + static_cast<std::ptrdiff_t>(extended) + 3);
  const std::string kind = "FAT" + std::to_string(shape_.bits) + "   ";
  std::copy_n(as_bytes(kind).begin(), 8, sector.begin() + static_cast<std::ptrdiff_t>(extended) + 18);
  put16(510, 0xaa55);
  made_.made_.emplace(0, sector);
  if (!is_32) return;

  Bytes counts(kBootBytes);
  store_le<std::uint32_t>(counts, 0x41615252);
  store_le<std::uint32_t>(std::span(counts).subspan(484), 0x61417272);
  store_le<std::uint32_t>(std::span(counts).subspan(488), static_cast<std::uint32_t>(shape_.clusters + 2 - next_));
  store_le<std::uint32_t>(std::span(counts).subspan(492), static_cast<std::uint32_t>(next_ - 1));
  store_le<std::uint16_t>(std::span(counts).subspan(510), 0xaa55);
  made_.made_.emplace(sector_bytes_, counts);
  made_.made_.emplace(std::uint64_t{kBootCopy} * sector_bytes_, sector);
  made_.made_.emplace(std::uint64_t{kBootCopy + 1} * sector_bytes_, counts);
}

Result<RebuiltFat> FatRebuilder::plan(std::uint64_t size_bytes) {
  Folder root = TRY(read_folder(0, 0));
  const std::uint64_t root_entries = std::max<std::uint64_t>(kRootEntries, root.entries.size() / kEntryBytes);
  if (root_entries > kMostRootEntries) return unsuited("its root folder is too large");
  shape_ = shape_for(size_bytes / sector_bytes_, divided_up(root_entries * kEntryBytes, sector_bytes_), sector_bytes_);
  if (shape_.clusters == 0) return unsuited("the partition is too small");
  if (shape_.bits == 32) root.cluster = TRY(allocate(std::max<std::uint64_t>(root.entries.size(), 1)));
  folders_.push_back(std::move(root));
  for (std::size_t i = 0; i < folders_.size(); ++i) TRY(move_entries(i));
  put_folders();
  put_tables();
  put_boot();
  made_.used_bytes_ = (shape_.data_start() + next_ - 2) * sector_bytes_;
  return std::move(made_);
}

Result<RebuiltFat> RebuiltFat::plan(ByteReader& source, std::uint64_t size_bytes, std::uint32_t sector_bytes) {
  require(sector_bytes >= kBootBytes && sector_bytes <= 4096, "a FAT with odd sectors is asked for");
  const FatVolume outside = TRY(FatVolume::open(source));
  const Fat& fat = outside.layout();
  if (fat.fat_sectors * fat.sector_bytes > kLargestFat) return unsuited("it has too many clusters");
  WithTableInMemory quick = TRY(WithTableInMemory::of(source, fat));
  FatVolume volume = TRY(FatVolume::open(quick));
  std::array<std::byte, kBootBytes> boot{};
  TRY(source.read(0, boot));
  return FatRebuilder(std::move(volume), boot, sector_bytes).plan(size_bytes);
}

Result<void> RebuiltFat::read(ByteReader& source, std::uint64_t offset, std::span<std::byte> bytes) const {
  require(lies_inside(offset, bytes.size(), used_bytes_), "bytes behind what a FAT uses");
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  const LbaRange wanted{offset, bytes.size()};  // Of bytes.
  for (const auto& [first, held] : made_) {
    const LbaRange part = intersection({first, held.size()}, wanted);
    if (!part.empty())
      std::memcpy(bytes.data() + (part.first - offset), held.data() + (part.first - first),
                  static_cast<std::size_t>(part.count));
  }
  auto piece =
      std::ranges::upper_bound(copied_, offset, {}, [](const Copied& each) { return each.target + each.size; });
  for (; piece != copied_.end() && piece->target < wanted.end(); ++piece) {
    const LbaRange part = intersection({piece->target, piece->size}, wanted);
    TRY(source.read(
        piece->source + (part.first - piece->target),
        bytes.subspan(static_cast<std::size_t>(part.first - offset), static_cast<std::size_t>(part.count))));
  }
  return {};
}

}  // namespace relance
