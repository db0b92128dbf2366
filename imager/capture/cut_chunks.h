#pragma once
// Which blocks share a frame: used blocks in ascending order, at most kLargestChunkBytes a chunk. Long runs that hold nothing
// get chunks of their own, which cost no reading and may be left out where a drive is proven zero.

#include <vector>

#include "wiper/content/content.h"

namespace relance {

struct ChunkPlan {
  ExtentSet extents;  // In blocks of the file system.
  ExtentSet zeros;    // Of them: not read, zeros.

  bool operator==(const ChunkPlan&) const = default;
};

inline constexpr std::uint64_t kLongZeroBytes = 256 * 1024;  // Shorter runs would make more frames than they save.

// `zeros` lies in `used`; block_bytes divides kLargestChunkBytes.
std::vector<ChunkPlan> cut_chunks(const ExtentSet& used, const ExtentSet& zeros, std::uint32_t block_bytes);

}  // namespace relance
