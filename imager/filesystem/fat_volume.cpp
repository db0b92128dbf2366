// Folder entry of 32 bytes, little-endian:
//   0  11 name, padded with blanks; 0: the end, e5: free    20 u16 first cluster, high half
//   11 u8 attributes: 08 label, 10 folder, 0f long name      26 u16 first cluster, low half
//   12 u8 08: the name is in lower case, 10: its extension   28 u32 bytes
//   22 u16 time, 24 u16 date: of the last change
// A long name lies in entries in front of it, the last part first: 0 u8 its number (40: the last one), 13 letters of
// UTF-16 at 1 (5), 14 (6), 28 (2).
// Free counts (FAT32), in a sector of their own: 0 "RRaA", 484 "rrAa", 488 u32 free clusters, 492 u32 where to look.

#include "imager/filesystem/fat_volume.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::size_t kEntryBytes = 32;
constexpr std::uint64_t kLargestFolder = std::uint64_t{2} << 20;  // 65 536 entries: what the format allows.
constexpr std::uint8_t kLabel = 0x08;
constexpr std::uint8_t kFolder = 0x10;
constexpr std::uint8_t kArchive = 0x20;
constexpr std::uint8_t kLongName = 0x0f;
constexpr std::uint8_t kLowerCase = 0x18;
constexpr std::uint16_t kDate1980 = 0x0021;  // 1 January: the first day that FAT knows.

Error damaged(const char* what) { return {Errc::Corrupt, Stop::ImageHostile, std::string("FAT: ") + what}; }
Error refused(const char* what) { return {Errc::Refused, Stop::ImageHostile, std::string("FAT: ") + what}; }

std::uint8_t u8_at(std::span<const std::byte> bytes, std::size_t at) {
  return std::to_integer<std::uint8_t>(bytes[at]);
}

char lowered(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter; }
bool same_name(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                    [](char a, char b) { return lowered(a) == lowered(b); });
}

std::string long_part(std::span<const std::byte> entry) {
  std::string part;
  for (const std::size_t at : {1, 3, 5, 7, 9, 14, 16, 18, 20, 22, 24, 28, 30}) {
    const auto unit = load_le<std::uint16_t>(entry.subspan(at));
    if (unit == 0) break;
    part.push_back(unit >= ' ' && unit < 0x7f ? static_cast<char>(unit) : '?');
  }
  return part;
}

std::string short_name(std::span<const std::byte> entry) {
  const auto part = [&](std::size_t at, std::size_t count, bool is_lower) {
    std::string text;
    for (std::size_t i = at; i < at + count; ++i) {
      const auto letter = static_cast<char>(entry[i]);
      const char shown = letter > ' ' && letter < 0x7f ? letter : (letter == ' ' ? ' ' : '?');
      text.push_back(is_lower ? lowered(shown) : shown);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
  };
  const std::string base = part(0, 8, (u8_at(entry, 12) & 0x08) != 0);
  const std::string extension = part(8, 3, (u8_at(entry, 12) & 0x10) != 0);
  return extension.empty() ? base : base + "." + extension;
}

std::vector<FatEntry> entries_in(std::span<const std::byte> folder) {
  std::vector<FatEntry> entries;
  std::string long_name;
  for (; folder.size() >= kEntryBytes && u8_at(folder, 0) != 0; folder = folder.subspan(kEntryBytes)) {
    const std::uint8_t attributes = u8_at(folder, 11);
    if (u8_at(folder, 0) == 0xe5) {
      long_name.clear();
    } else if ((attributes & 0x3f) == kLongName) {
      if ((u8_at(folder, 0) & 0x40) != 0) long_name.clear();
      if (long_name.size() < 256) long_name.insert(0, long_part(folder));
    } else {
      const std::uint32_t cluster = (std::uint32_t{load_le<std::uint16_t>(folder.subspan(20))} << 16) |
                                    load_le<std::uint16_t>(folder.subspan(26));
      FatEntry entry{long_name.empty() ? short_name(folder) : long_name, (attributes & kFolder) != 0,
                     load_le<std::uint32_t>(folder.subspan(28)), cluster};
      long_name.clear();
      if ((attributes & kLabel) == 0 && entry.name != "." && entry.name != "..") entries.push_back(std::move(entry));
    }
  }
  return entries;
}

// Where an entry of the FAT lies in it, and the two or four bytes around it.
struct FatSlot {
  std::uint64_t offset = 0;
  unsigned shift = 0;
  std::uint32_t mask = 0;
};
FatSlot slot_of(const Fat& fat, std::uint32_t cluster) {
  if (fat.bits == 32) return {std::uint64_t{cluster} * 4, 0, 0x0fffffff};
  if (fat.bits == 16) return {std::uint64_t{cluster} * 2, 0, 0xffff};
  return {std::uint64_t{cluster} * 3 / 2, (cluster & 1) != 0 ? 4U : 0U, 0xfff};
}
std::size_t slot_bytes(const Fat& fat) { return fat.bits == 32 ? 4 : 2; }

std::uint32_t load_slot(std::span<const std::byte> bytes) {
  return bytes.size() == 4 ? load_le<std::uint32_t>(bytes) : load_le<std::uint16_t>(bytes);
}

class Adder {
 public:
  Adder(ByteStore& bytes, FatVolume& volume) : bytes_(bytes), volume_(volume), fat_(volume.layout()) {}
  Result<void> add(std::uint32_t folder, const std::string& name, std::span<const std::byte> content);

 private:
  Result<std::uint32_t> take_cluster();
  Result<void> set_next(std::uint32_t cluster, std::uint32_t next);
  Result<std::uint64_t> free_entry(std::uint32_t folder);  // Byte offset.
  Result<void> count_free();
  std::uint32_t end_of_chain() const { return slot_of(fat_, 2).mask; }

  ByteStore& bytes_;
  FatVolume& volume_;
  const Fat& fat_;
  std::uint32_t search_ = 2;
  std::uint32_t taken_ = 0;
};

Result<void> Adder::set_next(std::uint32_t cluster, std::uint32_t next) {
  const FatSlot slot = slot_of(fat_, cluster);
  Bytes held(slot_bytes(fat_));
  for (std::uint32_t copy = 0; copy < fat_.fat_count; ++copy) {
    const std::uint64_t offset = (fat_.fat_start + copy * fat_.fat_sectors) * fat_.sector_bytes + slot.offset;
    TRY(bytes_.read(offset, held));
    const std::uint32_t others = load_slot(held) & ~(slot.mask << slot.shift);
    const std::uint32_t value = others | ((next & slot.mask) << slot.shift);
    if (held.size() == 4)
      store_le<std::uint32_t>(held, value);
    else
      store_le<std::uint16_t>(held, static_cast<std::uint16_t>(value));
    TRY(bytes_.write(offset, held));
  }
  return {};
}

// Ends a chain; its bytes are cleared.
Result<std::uint32_t> Adder::take_cluster() {
  for (; fat_.has_cluster(search_); ++search_) {
    const std::uint32_t next = TRY(volume_.next_of(search_));
    if (next != 0) continue;
    TRY(set_next(search_, end_of_chain()));
    TRY(bytes_.write(fat_.cluster_offset(search_), Bytes(fat_.cluster_bytes())));
    ++taken_;
    return search_++;
  }
  return refused("no room left");
}

Result<std::uint64_t> Adder::free_entry(std::uint32_t folder) {
  const std::vector<std::uint32_t> chain = TRY(volume_.chain_from(folder, kLargestFolder));
  Bytes held(fat_.cluster_bytes());
  for (const std::uint32_t cluster : chain) {
    TRY(bytes_.read(fat_.cluster_offset(cluster), held));
    for (std::size_t at = 0; at < held.size(); at += kEntryBytes)
      if (u8_at(held, at) == 0 || u8_at(held, at) == 0xe5) return fat_.cluster_offset(cluster) + at;
  }
  const std::uint32_t more = TRY(take_cluster());
  TRY(set_next(chain.back(), more));
  return fat_.cluster_offset(more);
}

Result<void> Adder::count_free() {
  if (fat_.info_sector == 0) return {};
  Bytes info(fat_.sector_bytes);
  const std::uint64_t offset = std::uint64_t{fat_.info_sector} * fat_.sector_bytes;
  TRY(bytes_.read(offset, info));
  const std::span<std::byte> held(info);
  if (load_le<std::uint32_t>(held) != 0x41615252 || load_le<std::uint32_t>(held.subspan(484)) != 0x61417272) return {};
  const auto free = load_le<std::uint32_t>(held.subspan(488));
  if (free == UINT32_MAX || free < taken_) return {};  // Unknown, or wrong already.
  store_le<std::uint32_t>(held.subspan(488), free - taken_);
  return bytes_.write(offset, info);
}

Result<void> Adder::add(std::uint32_t folder, const std::string& name, std::span<const std::byte> content) {
  const std::uint64_t place = TRY(free_entry(folder));
  std::uint32_t first = 0;
  std::uint32_t previous = 0;
  for (std::size_t at = 0; at < content.size(); at += fat_.cluster_bytes()) {
    const std::uint32_t cluster = TRY(take_cluster());
    if (previous == 0)
      first = cluster;
    else
      TRY(set_next(previous, cluster));
    TRY(bytes_.write(fat_.cluster_offset(cluster),
                     content.subspan(at, std::min<std::size_t>(fat_.cluster_bytes(), content.size() - at))));
    previous = cluster;
  }

  Bytes entry(kEntryBytes);
  std::fill_n(entry.begin(), 11, std::byte{' '});
  const std::size_t dot = name.find('.');
  const auto put = [&](std::string_view part, std::size_t at) {
    for (const char letter : part)
      entry[at++] = static_cast<std::byte>(letter >= 'a' && letter <= 'z' ? letter - 'a' + 'A' : letter);
  };
  put(std::string_view(name).substr(0, dot), 0);
  put(std::string_view(name).substr(dot + 1), 8);
  const std::span<std::byte> out(entry);
  out[11] = std::byte{kArchive};
  out[12] = std::byte{kLowerCase};
  for (const std::size_t date : {16, 18, 24}) store_le<std::uint16_t>(out.subspan(date), kDate1980);
  store_le<std::uint16_t>(out.subspan(20), static_cast<std::uint16_t>(first >> 16));
  store_le<std::uint16_t>(out.subspan(26), static_cast<std::uint16_t>(first));
  store_le<std::uint32_t>(out.subspan(28), static_cast<std::uint32_t>(content.size()));
  TRY(bytes_.write(place, entry));
  return count_free();
}

}  // namespace

Result<FatVolume> FatVolume::open(ByteReader& bytes) {
  std::array<std::byte, 512> boot{};
  if (bytes.size_bytes() < boot.size()) return damaged("shorter than a sector");
  TRY(bytes.read(0, boot));
  Result<Fat> fat = parse_fat(boot, bytes.size_bytes());
  if (!fat.ok()) return Error{Errc::Corrupt, Stop::ImageHostile, fat.error().detail};
  return FatVolume(bytes, std::move(fat).value());
}

Result<std::uint32_t> FatVolume::next_of(std::uint32_t cluster) {
  if (!fat_.has_cluster(cluster)) return damaged("a chain that leaves it");
  const FatSlot slot = slot_of(fat_, cluster);
  Bytes held(slot_bytes(fat_));
  TRY(bytes_->read(fat_.fat_start * fat_.sector_bytes + slot.offset, held));
  return (load_slot(held) >> slot.shift) & slot.mask;
}

Result<std::vector<std::uint32_t>> FatVolume::chain_from(std::uint32_t cluster, std::uint64_t limit) {
  std::vector<std::uint32_t> chain;
  const std::uint32_t last = slot_of(fat_, 2).mask - 7;  // …F8 to …FF end a chain.
  while (cluster < last) {
    if (chain.size() * std::uint64_t{fat_.cluster_bytes()} > limit) return damaged("a chain that is too long");
    const std::uint32_t next = TRY(next_of(cluster));
    chain.push_back(cluster);
    cluster = next;
  }
  return chain;
}

Result<Bytes> FatVolume::chain_bytes(std::uint32_t cluster, std::uint64_t limit) {
  const std::vector<std::uint32_t> chain = TRY(chain_from(cluster, limit));
  Bytes all(chain.size() * fat_.cluster_bytes());
  for (std::size_t i = 0; i < chain.size(); ++i)
    TRY(bytes_->read(fat_.cluster_offset(chain[i]),
                     std::span(all).subspan(i * fat_.cluster_bytes(), fat_.cluster_bytes())));
  return all;
}

Result<Bytes> FatVolume::folder_bytes(std::uint32_t cluster) {
  if (cluster == 0 && fat_.bits == 32) cluster = fat_.root_cluster;
  if (cluster != 0) return chain_bytes(cluster, kLargestFolder);
  Bytes root(static_cast<std::size_t>(fat_.root_sectors) * fat_.sector_bytes);
  TRY(bytes_->read(fat_.root_start * fat_.sector_bytes, root));
  return root;
}

Result<std::optional<FatEntry>> FatVolume::find(const std::string& path) {
  FatEntry at{.name = "", .is_folder = true};
  std::size_t from = 0;
  while (from < path.size()) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    const std::string_view name = std::string_view(path).substr(from, slash - from);
    if (!at.is_folder) return std::optional<FatEntry>();
    const Bytes folder = TRY(folder_bytes(at.cluster));
    const std::vector<FatEntry> entries = entries_in(folder);
    const auto found =
        std::find_if(entries.begin(), entries.end(), [&](const FatEntry& each) { return same_name(each.name, name); });
    if (found == entries.end()) return std::optional<FatEntry>();
    at = *found;
    from = slash + 1;
  }
  return std::optional(at);
}

Result<std::optional<std::vector<FatEntry>>> FatVolume::list(const std::string& path) {
  const std::optional<FatEntry> folder = TRY(find(path));
  if (!folder || !folder->is_folder) return std::optional<std::vector<FatEntry>>();
  const Bytes bytes = TRY(folder_bytes(folder->cluster));
  return std::optional(entries_in(bytes));
}

Result<std::optional<Bytes>> FatVolume::read_file(const std::string& path, std::uint64_t limit) {
  const std::optional<FatEntry> entry = TRY(find(path));
  if (!entry || entry->is_folder) return std::optional<Bytes>();
  if (entry->size_bytes > limit) return damaged("a file that is too large");
  if (entry->size_bytes == 0) return std::optional(Bytes());
  Bytes content = TRY(chain_bytes(entry->cluster, limit));
  if (content.size() < entry->size_bytes) return damaged("a file that ends before its size");
  content.resize(entry->size_bytes);
  return std::optional(std::move(content));
}

Result<void> add_fat_file(ByteStore& bytes, const std::string& folder, const std::string& name,
                          std::span<const std::byte> content) {
  FatVolume volume = TRY(FatVolume::open(bytes));
  const std::optional<FatEntry> place = TRY(volume.find(folder));
  const std::optional<FatEntry> there = TRY(volume.find(folder + "/" + name));
  if (!place || !place->is_folder || place->cluster == 0 || there)
    return refused("no such folder, or a file of that name");
  return Adder(bytes, volume).add(place->cluster, name, content);
}

}  // namespace relance
