#include "imager/filesystem/fat_layout.h"

#include <bit>

#include "imager/filesystem/survey.h"

namespace relance {
namespace {

unsigned bits_for(std::uint64_t clusters, bool is_fat32) {
  if (is_fat32) return 32;
  return clusters < 4085 ? 12 : 16;
}

}  // namespace

Result<Fat> parse_fat(std::span<const std::byte> boot, std::uint64_t size_bytes) {
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
  fat.root_sectors = (std::uint64_t{u16(17)} * 32 + fat.sector_bytes - 1) / fat.sector_bytes;
  fat.fat_sectors = is_fat32 ? u32(36) : u16(22);
  fat.fat_count = u8(16);
  fat.root_cluster = is_fat32 ? u32(44) : 0;
  fat.info_sector = is_fat32 ? u16(48) : 0;
  fat.sectors = u16(19) != 0 ? u16(19) : u32(32);
  fat.fat_start = u16(14);
  fat.root_start = fat.fat_start + fat.fat_count * fat.fat_sectors;
  fat.data_start = fat.root_start + fat.root_sectors;
  if (fat.fat_start == 0 || fat.fat_count == 0 || fat.fat_count > 2 || fat.fat_sectors == 0)
    return unfit("FAT without a FAT");
  if (fat.sectors > size_bytes / fat.sector_bytes) return unfit("FAT that is larger than its partition");
  if (fat.data_start >= fat.sectors) return unfit("FAT without clusters");
  fat.clusters = (fat.sectors - fat.data_start) / fat.sectors_a_cluster;
  fat.bits = bits_for(fat.clusters, is_fat32);
  if (fat.clusters == 0 || fat.fat_sectors * fat.sector_bytes * 8 / fat.bits < fat.clusters + 2)
    return unfit("FAT that is too short");

  const std::size_t extended = is_fat32 ? 64 : 36;
  fat.dirty = (u8(extended + 1) & 1U) != 0;
  fat.volume_id = u32(extended + 3);
  fat.label = label_in(boot.subspan(extended + 7, 11));
  return fat;
}

}  // namespace relance
