#include "wiper/content/content.h"

#include <algorithm>
#include <cstring>

namespace relance {

std::uint64_t Content::largest_chunk_blocks() const {
  std::uint64_t largest = 0;
  for (std::uint64_t index = 0; index < chunk_count(); ++index) largest = std::max(largest, block_count(chunk(index)));
  return largest;
}

std::uint64_t block_count(std::span<const LbaRange> ranges) {
  std::uint64_t count = 0;
  for (const LbaRange range : ranges) count += range.count;
  return count;
}

ExtentSet differing_blocks(std::span<const LbaRange> ranges, std::uint32_t block_bytes,
                           std::span<const std::byte> actual, std::span<const std::byte> wanted) {
  ExtentSet differing;
  if (std::memcmp(actual.data(), wanted.data(), wanted.size()) == 0) return differing;  // Nearly always: 40 GB/s.
  std::size_t offset = 0;
  for (const LbaRange range : ranges)
    for (std::uint64_t lba = range.first; lba < range.end(); ++lba, offset += block_bytes)
      if (std::memcmp(actual.data() + offset, wanted.data() + offset, block_bytes) != 0) differing.add({lba, 1});
  return differing;
}

}  // namespace relance
