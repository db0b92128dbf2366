#pragma once
// For the files of this folder only: where things lie in a FAT12, FAT16 or FAT32 (Microsoft's "FAT: General Overview of
// On-Disk Format", 1.03).
//
// Boot sector, little-endian:
//   11 u16 bytes a sector      17 u16 root entries, 0 on FAT32   32 u32 sectors
//   13 u8  sectors a cluster   19 u16 sectors, 0: see 32         36 u32 sectors a FAT on FAT32
//   14 u16 reserved sectors    22 u16 sectors a FAT, 0 on FAT32  44 u32 first cluster of the root folder on FAT32
//   16 u8  FATs                                                  48 u16 sector of the free counts on FAT32
//   510   55 AA
// then at 36 (FAT32: at 64) +1 u8 state, bit 0: dirty; +3 u32 volume id; +7 label (11)

#include "imager/filesystem/byte_reader.h"

namespace relance {

struct Fat {
  unsigned bits = 0;  // 12, 16 or 32 an entry.
  std::uint32_t sector_bytes = 0;
  std::uint32_t sectors_a_cluster = 0;
  std::uint64_t sectors = 0;
  std::uint64_t fat_start = 0;  // Sectors.
  std::uint64_t fat_sectors = 0;
  std::uint32_t fat_count = 0;
  std::uint64_t root_start = 0;    // Sectors; of FAT12 and FAT16.
  std::uint64_t root_sectors = 0;  // 0 on FAT32.
  std::uint32_t root_cluster = 0;  // Of FAT32.
  std::uint32_t info_sector = 0;   // Of FAT32; 0: none.
  std::uint64_t data_start = 0;    // Sectors: cluster 2.
  std::uint64_t clusters = 0;
  bool dirty = false;
  std::uint32_t volume_id = 0;
  std::string label;

  std::uint32_t cluster_bytes() const { return sector_bytes * sectors_a_cluster; }
  std::uint64_t cluster_offset(std::uint32_t cluster) const {
    return (data_start + std::uint64_t{cluster - 2} * sectors_a_cluster) * sector_bytes;
  }
  bool has_cluster(std::uint32_t cluster) const { return cluster >= 2 && cluster - 2 < clusters; }
};

// Of the first 512 bytes of something of that size. Refused with Stop::MasterUnfit.
Result<Fat> parse_fat(std::span<const std::byte> boot, std::uint64_t size_bytes);

}  // namespace relance
