// FAT12, FAT16 and FAT32 (Microsoft's "FAT: General Overview of On-Disk Format", 1.03): the clusters that the first FAT
// calls used, and everything in front of the clusters. A block is a sector, as partclone counts.
//
// Boot sector, little-endian:
//   11 u16 bytes a sector      17 u16 root entries, 0 on FAT32   32 u32 sectors
//   13 u8  sectors a cluster   19 u16 sectors, 0: see 32         36 u32 sectors a FAT on FAT32
//   14 u16 reserved sectors    22 u16 sectors a FAT, 0 on FAT32  510   55 AA
//   16 u8  FATs
// then at 36 (FAT32: at 64) +1 u8 state, bit 0: dirty; +3 u32 volume id; +7 label (11)

#include <algorithm>
#include <bit>
#include <functional>

#include "imager/filesystem/survey.h"

namespace relance {
namespace {

struct Fat {
  unsigned bits = 0;  // 12, 16 or 32 an entry.
  std::uint32_t sector_bytes = 0;
  std::uint32_t sectors_a_cluster = 0;
  std::uint64_t sectors = 0;
  std::uint64_t fat_start = 0;   // Sectors.
  std::uint64_t data_start = 0;  // Sectors: cluster 2.
  std::uint64_t clusters = 0;
  bool dirty = false;
  std::uint32_t volume_id = 0;
  std::string label;
};

unsigned bits_for(std::uint64_t clusters, bool is_fat32) {
  if (is_fat32) return 32;
  return clusters < 4085 ? 12 : 16;
}

Result<Fat> parse_boot_sector(std::span<const std::byte> boot, std::uint64_t size_bytes) {
  const auto u8 = [&](std::size_t at) { return std::to_integer<std::uint32_t>(boot[at]); };
  const auto u16 = [&](std::size_t at) { return load_le<std::uint16_t>(boot.subspan(at)); };
  const auto u32 = [&](std::size_t at) { return load_le<std::uint32_t>(boot.subspan(at)); };
  if (u16(510) != 0xAA55) return unfit("FAT without the end of its boot sector");

  Fat fat;
  fat.sector_bytes = u16(11);
  fat.sectors_a_cluster = u8(13);
  if (!std::has_single_bit(fat.sector_bytes) || fat.sector_bytes < 512 || fat.sector_bytes > 4096)
    return unfit("FAT with sectors of " + std::to_string(fat.sector_bytes) + " bytes");
  if (!std::has_single_bit(fat.sectors_a_cluster)) return unfit("FAT with odd clusters");

  const bool is_fat32 = u16(22) == 0;
  const std::uint64_t root_sectors = (std::uint64_t{u16(17)} * 32 + fat.sector_bytes - 1) / fat.sector_bytes;
  const std::uint64_t fat_sectors = is_fat32 ? u32(36) : u16(22);
  fat.sectors = u16(19) != 0 ? u16(19) : u32(32);
  fat.fat_start = u16(14);
  fat.data_start = fat.fat_start + u8(16) * fat_sectors + root_sectors;
  if (fat.fat_start == 0 || u8(16) == 0 || u8(16) > 2 || fat_sectors == 0) return unfit("FAT without a FAT");
  if (fat.sectors > size_bytes / fat.sector_bytes) return unfit("FAT that is larger than its partition");
  if (fat.data_start >= fat.sectors) return unfit("FAT without clusters");
  fat.clusters = (fat.sectors - fat.data_start) / fat.sectors_a_cluster;
  fat.bits = bits_for(fat.clusters, is_fat32);
  if (fat.clusters == 0 || fat_sectors * fat.sector_bytes * 8 / fat.bits < fat.clusters + 2)
    return unfit("FAT that is too short");

  const std::size_t extended = is_fat32 ? 64 : 36;
  fat.dirty = (u8(extended + 1) & 1U) != 0;
  fat.volume_id = u32(extended + 3);
  fat.label = label_in(boot.subspan(extended + 7, 11));
  return fat;
}

// Entries of the first FAT from 0 on, in order.
Result<void> each_entry(ByteReader& bytes, const Fat& fat,
                        const std::function<void(std::uint64_t, std::uint32_t)>& take) {
  constexpr std::uint64_t kEntriesAtOnce = std::uint64_t{1} << 18;  // Even: two entries of 12 bits are three bytes.
  const std::uint64_t start = fat.fat_start * fat.sector_bytes;
  const std::uint64_t count = fat.clusters + 2;
  for (std::uint64_t first = 0; first < count; first += kEntriesAtOnce) {
    const std::uint64_t some = std::min(kEntriesAtOnce, count - first);
    Bytes piece(static_cast<std::size_t>((some * fat.bits + 7) / 8));
    TRY(bytes.read(start + first * fat.bits / 8, piece));
    const std::span<const std::byte> held(piece);
    for (std::uint64_t i = 0; i < some; ++i) {
      const auto at = static_cast<std::size_t>(i * fat.bits / 8);
      std::uint32_t entry = 0;
      if (fat.bits == 32) entry = load_le<std::uint32_t>(held.subspan(at)) & 0x0FFFFFFF;
      if (fat.bits == 16) entry = load_le<std::uint16_t>(held.subspan(at));
      if (fat.bits == 12) entry = (load_le<std::uint16_t>(held.subspan(at)) >> (i % 2 == 0 ? 0 : 4)) & 0xFFFU;
      take(first + i, entry);
    }
  }
  return {};
}

bool is_bad_cluster(const Fat& fat, std::uint32_t entry) { return entry == (0x0FFFFFF7U & ((1ULL << fat.bits) - 1)); }

// FAT[1] has two bits that are set while the volume is clean and free of errors; FAT12 has none.
bool says_dirty(const Fat& fat, std::uint32_t second_entry) {
  if (fat.bits == 12) return false;
  const std::uint32_t clean = fat.bits == 16 ? 0xC000 : 0x0C000000;
  return (second_entry & clean) != clean;
}

std::string volume_id_text(std::uint32_t id) {
  std::array<std::byte, 4> big{};
  store_be(std::span<std::byte>(big), id);
  const std::string hex = to_hex(big);
  return hex.substr(0, 4) + "-" + hex.substr(4);
}

}  // namespace

Result<FileSystemSurvey> survey_fat(ByteReader& bytes) {
  std::array<std::byte, 512> boot{};
  if (bytes.size_bytes() < boot.size()) return unfit("FAT that is shorter than a sector");
  TRY(bytes.read(0, boot));
  const Fat fat = TRY(parse_boot_sector(boot, bytes.size_bytes()));
  if (fat.dirty) return unfit("FAT that was not unmounted cleanly");

  FileSystemSurvey survey;
  bool dirty = false;
  survey.used.add({0, fat.data_start});
  TRY(each_entry(bytes, fat, [&](std::uint64_t index, std::uint32_t entry) {
    if (index == 1) dirty = says_dirty(fat, entry);
    if (index < 2 || entry == 0 || is_bad_cluster(fat, entry)) return;
    survey.used.add({fat.data_start + (index - 2) * fat.sectors_a_cluster, fat.sectors_a_cluster});
  }));
  if (dirty) return unfit("FAT that was not unmounted cleanly, or has met errors");

  survey.kind = FileSystemKind::Fat;
  survey.stream_name = "FAT" + std::to_string(fat.bits);
  survey.file_suffix = "vfat";
  survey.label = fat.label == "NO NAME" ? "" : fat.label;
  survey.uuid = volume_id_text(fat.volume_id);
  survey.block_bytes = fat.sector_bytes;
  survey.block_count = fat.sectors;
  survey.used_by_superblock = survey.used.block_count();
  survey.minimum_blocks = fat.sectors;
  return survey;
}

}  // namespace relance
