#pragma once
// For the files of this folder only: a FAT that is made anew, in clusters of one sector. Where its parts lie, and the bytes of
// those that are no files: boot sectors, free counts, tables.

#include <map>
#include <vector>

#include "imager/filesystem/fat_layout.h"
#include "wiper/device/lba_range.h"

namespace relance {

inline std::uint64_t divided_up(std::uint64_t number, std::uint64_t by) { return (number + by - 1) / by; }

struct FatShape {  // In sectors, which are clusters too.
  std::uint32_t sector_bytes = 0;
  unsigned bits = 0;
  std::uint64_t reserved = 0;
  std::uint64_t fat_sectors = 0;
  std::uint64_t root_sectors = 0;  // 0 on FAT32.
  std::uint64_t clusters = 0;      // 0: there is no room for any.

  std::uint64_t root_start() const;
  std::uint64_t data_start() const { return root_start() + root_sectors; }
  std::uint64_t sectors() const { return data_start() + clusters; }
  std::uint64_t cluster_offset(std::uint32_t cluster) const { return (data_start() + cluster - 2) * sector_bytes; }
};

// FAT32 if there are enough sectors for one, else FAT16, else FAT12; with a root folder of that many sectors if it has a place of
// its own.
FatShape fat_shape_for(std::uint64_t sectors, std::uint64_t root_sectors, std::uint32_t sector_bytes);

// By offset: what lies in front of the files. `runs` are the chains, in clusters, ascending without a gap from 2; what is behind
// them is free. Name of its maker, serial and label are those of `source`, whose first sector is `boot`.
std::map<std::uint64_t, Bytes> fat_front(const FatShape& shape, std::span<const LbaRange> runs, const Fat& source,
                                         std::span<const std::byte> boot);

}  // namespace relance
