#include "imager/capture/cut_chunks.h"

#include <algorithm>

namespace relance {
namespace {

struct Run {
  LbaRange range;
  bool is_zero = false;
};

std::vector<Run> ordered_runs(const ExtentSet& data, const ExtentSet& long_zeros) {
  std::vector<Run> runs;
  for (const LbaRange range : data.ranges()) runs.push_back({range, false});
  for (const LbaRange range : long_zeros.ranges()) runs.push_back({range, true});
  std::sort(runs.begin(), runs.end(),
            [](const Run& one, const Run& other) { return one.range.first < other.range.first; });
  return runs;
}

class Cutter {
 public:
  Cutter(std::uint64_t most_blocks, const ExtentSet& short_zeros)
      : most_blocks_(most_blocks), short_zeros_(short_zeros) {}

  void take(Run run) {
    if (run.is_zero != is_zero_) close();
    is_zero_ = run.is_zero;
    while (!run.range.empty()) {
      const std::uint64_t count = std::min(run.range.count, most_blocks_ - blocks_);
      extents_.add({run.range.first, count});
      blocks_ += count;
      run.range = range_between(run.range.first + count, run.range.end());
      if (blocks_ == most_blocks_) close();
    }
  }

  std::vector<ChunkPlan> finish() {
    close();
    return std::move(chunks_);
  }

 private:
  void close() {
    if (blocks_ == 0) return;
    ChunkPlan chunk{std::move(extents_), {}};
    chunk.zeros = is_zero_ ? chunk.extents
                           : zeros_between(chunk.extents.ranges().front().first, chunk.extents.ranges().back().end());
    chunks_.push_back(std::move(chunk));
    extents_ = {};
    blocks_ = 0;
  }

  // Chunks ascend, so each short run is looked at by one chunk, or by the two that share it.
  ExtentSet zeros_between(std::uint64_t first, std::uint64_t end) {
    const std::span<const LbaRange> all = short_zeros_.ranges();
    while (next_zero_ < all.size() && all[next_zero_].end() <= first) ++next_zero_;
    ExtentSet inside;
    for (std::size_t i = next_zero_; i < all.size() && all[i].first < end; ++i)
      inside.add(intersection(all[i], range_between(first, end)));
    return inside;
  }

  std::uint64_t most_blocks_;
  const ExtentSet& short_zeros_;
  std::size_t next_zero_ = 0;
  std::vector<ChunkPlan> chunks_;
  ExtentSet extents_;
  std::uint64_t blocks_ = 0;
  bool is_zero_ = false;
};

}  // namespace

std::vector<ChunkPlan> cut_chunks(const ExtentSet& used, const ExtentSet& zeros, std::uint32_t block_bytes) {
  require(block_bytes > 0 && kLargestChunkBytes % block_bytes == 0, "blocks that do not divide a chunk");
  ExtentSet long_zeros;
  ExtentSet short_zeros;
  for (const LbaRange range : zeros.ranges())
    (range.count * block_bytes >= kLongZeroBytes ? long_zeros : short_zeros).add(range);
  Cutter cutter(kLargestChunkBytes / block_bytes, short_zeros);
  for (const Run& run : ordered_runs(without(used, long_zeros), long_zeros)) cutter.take(run);
  return cutter.finish();
}

}  // namespace relance
