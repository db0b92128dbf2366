// Folder entries as in fat_volume.cpp.

#include "imager/filesystem/rebuild_fat.h"

#include <algorithm>
#include <cstring>

#include "imager/filesystem/fat_shape.h"

namespace relance {
namespace {

constexpr std::size_t kBootBytes = 512;
constexpr std::size_t kEntryBytes = 32;
constexpr std::size_t kNameBytes = 11;
constexpr std::uint32_t kRootEntries = 512;         // Of FAT12 and FAT16: what everybody gives them.
constexpr std::uint64_t kMostRootEntries = 0xff80;  // 16 bits, in whole sectors of up to 4096 bytes.

// An EFI partition has a hundred files and 50 MB. These bound what a hostile one costs.
constexpr std::uint64_t kLargestFat = std::uint64_t{8} << 20;  // In memory: two million clusters.
constexpr std::uint64_t kMostFolderBytes = std::uint64_t{8} << 20;
constexpr std::size_t kMostPieces = 1 << 18;

Error damaged(const char* what) { return {Errc::Corrupt, Stop::ImageHostile, std::string("FAT: ") + what}; }
Error unsuited(const char* what) {
  return {Errc::Refused, Stop::ImageUnsuited,
          std::string("the image's FAT cannot be rebuilt for the drive's blocks: ") + what};
}

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
  void put_folders();

  FatVolume volume_;
  std::span<const std::byte> boot_;
  std::uint32_t sector_bytes_;
  std::vector<bool> seen_;  // Clusters of the source that somebody has.
  std::uint64_t folder_bytes_ = 0;
  FatShape shape_;
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

  std::uint64_t target = shape_.cluster_offset(cluster);
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
        folders_[i].cluster == 0 ? shape_.root_start() * sector_bytes_ : shape_.cluster_offset(folders_[i].cluster);
    if (!folders_[i].entries.empty()) made_.made_.emplace(offset, std::move(folders_[i].entries));
  }
}

Result<RebuiltFat> FatRebuilder::plan(std::uint64_t size_bytes) {
  Folder root = TRY(read_folder(0, 0));
  const std::uint64_t root_entries = std::max<std::uint64_t>(kRootEntries, root.entries.size() / kEntryBytes);
  if (root_entries > kMostRootEntries) return unsuited("its root folder is too large");
  shape_ =
      fat_shape_for(size_bytes / sector_bytes_, divided_up(root_entries * kEntryBytes, sector_bytes_), sector_bytes_);
  if (shape_.clusters == 0) return unsuited("the partition is too small");
  if (shape_.bits == 32) root.cluster = TRY(allocate(std::max<std::uint64_t>(root.entries.size(), 1)));
  folders_.push_back(std::move(root));
  for (std::size_t i = 0; i < folders_.size(); ++i) TRY(move_entries(i));
  made_.made_ = fat_front(shape_, runs_, volume_.layout(), boot_);
  put_folders();
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
