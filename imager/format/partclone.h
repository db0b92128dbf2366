#pragma once
// partclone's image stream, version 2, little-endian: a header, a bitmap of used blocks, then the used blocks. Written
// without block sums (its -a0), read with them too, since that is what Debian's partclone writes. Hostile when read.
//
// Header, 110 bytes (partclone's IMAGE_FORMATS.md, checked against files of Debian's 0.3.23):
//   0   16  "partclone-image", NUL              76  8  used blocks by the bitmap
//   16  14  version of the program              84  4  bytes a block
//   30  4   "0002"                              88  4  18: bytes from here up to the CRC
//   34  2   0xC0DE (on disk DE C0)              92  2  2: version again
//   36  16  file system: "EXTFS", "FAT16"…      94  2  64: CPU bits
//   52  8   bytes of the device                 96  2  block sums: 0 none, 0x20 CRC32, 0x30 XXH64, 0x31 XXH3-128
//   60  8   blocks                              98  2  bytes of a sum
//   68  8   used blocks by the superblock       100 4  blocks a sum
//                                               104 1  1: the sum starts anew after each
//                                               105 1  1: a bit a block
//                                               106 4  CRC of bytes 0-105
// Bitmap: a bit a block, least significant first, then its CRC (4). The CRC is that of zip without
// the final complement.
// Blocks: ascending; after every `blocks a sum` of them, and after the last ones, a sum.

#include <cstdint>
#include <string>

#include "wiper/device/extent_set.h"

namespace relance {

enum class BlockSums : std::uint8_t { None, Crc32, Xxh64, Xxh128 };  // The last two are passed over unchecked.
std::uint32_t sum_bytes(BlockSums sums);

struct StreamHeader {
  std::string file_system;  // At most 15 letters.
  std::uint64_t device_bytes = 0;
  std::uint64_t block_count = 0;
  std::uint64_t used_by_superblock = 0;
  std::uint64_t used_blocks = 0;
  std::uint32_t block_bytes = 0;
  BlockSums sums = BlockSums::None;
  std::uint32_t blocks_per_sum = 0;  // 0 without sums.
  bool reseeds = true;

  bool operator==(const StreamHeader&) const = default;
};

inline constexpr std::size_t kStreamHeaderBytes = 110;
inline constexpr std::uint64_t kLargestBitmap = std::uint64_t{128} << 20;  // 4 TiB of 4 KiB blocks; it lies in memory.
inline constexpr std::uint64_t kMostStreamExtents = std::uint64_t{4}
                                                    << 20;  // 64 MiB of them; a bitmap 0101… would make a billion.

// Header, bitmap and its CRC; without block sums, whatever `header` says, and with used_blocks taken from `used`.
Bytes stream_head(StreamHeader header, const ExtentSet& used);

// Corrupt with Stop::ImageHostile: not such a header, or counts that contradict each other or our limits. Unsupported with
// the same: version 1, big-endian, a bitmap of bytes.
Result<StreamHeader> parse_stream_header(std::span<const std::byte> bytes);

// Of the bitmap with its CRC. At most kLargestBitmap + 4 for a header that was parsed.
std::size_t bitmap_size(const StreamHeader& header);
// Corrupt with Stop::ImageHostile: CRC, another count than the header's, a bit behind the end, more than kMostStreamExtents.
Result<ExtentSet> parse_bitmap(const StreamHeader& header, std::span<const std::byte> bytes);

}  // namespace relance
