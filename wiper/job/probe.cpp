#include "wiper/job/probe.h"

#include <algorithm>
#include <mutex>
#include <optional>

#include "wiper/device/block_buffer.h"

namespace relance {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kChunks = 32;                            // Of a place: 0.3 s at 100 MB/s.
constexpr nanoseconds kPlaceLimit = std::chrono::seconds(3);     // A slow place: as many chunks as fit.
constexpr nanoseconds kShortest = std::chrono::microseconds(1);  // Below it a clock says nothing.

class Probe {
 public:
  Probe(BlockReader& drive, Executor& executor)
      : drive_(drive),
        executor_(executor),
        geometry_(drive.geometry()),
        chunk_blocks_(std::min(kChunkBytes / geometry_.logical_bytes, geometry_.block_count)),
        buffer_(static_cast<std::size_t>(chunk_blocks_) * geometry_.logical_bytes) {}

  Speeds measure() {
    if (chunk_blocks_ == 0) return {};
    const std::uint64_t length = std::min(geometry_.block_count, (1 + kChunks) * chunk_blocks_);
    const std::uint64_t last = geometry_.block_count - length;
    Speeds speeds{.outer = read_from(0), .middle = read_from(on_grid(last / 2)), .inner = read_from(on_grid(last))};
    speeds.is_rough = !speeds.is_known();
    return speeds;
  }

 private:
  std::uint64_t on_grid(std::uint64_t lba) const {
    return lba - lba % (geometry_.physical_bytes / geometry_.logical_bytes);
  }

  // Bytes a second; 0: cannot be read, or takes no time that could be measured.
  std::uint64_t read_from(std::uint64_t lba) {
    if (!read_chunk(lba)) return 0;  // Moves the heads there: not counted.
    const Moment start = executor_.now();
    std::uint64_t bytes = 0;
    for (std::uint64_t i = 1; i <= kChunks && executor_.now() - start < kPlaceLimit; ++i) {
      if (lba + (i + 1) * chunk_blocks_ > geometry_.block_count) break;
      if (!read_chunk(lba + i * chunk_blocks_)) return 0;
      bytes += buffer_.bytes().size();
    }
    const nanoseconds span = executor_.now() - start;
    if (bytes == 0 || span < kShortest) return 0;
    return static_cast<std::uint64_t>(static_cast<double>(bytes) * 1e9 / static_cast<double>(span.count()));
  }

  bool read_chunk(std::uint64_t lba) { return drive_.read({lba, chunk_blocks_}, buffer_.bytes()).ok(); }

  BlockReader& drive_;
  Executor& executor_;
  const Geometry geometry_;
  const std::uint64_t chunk_blocks_;
  BlockBuffer buffer_;
};

struct Answer {
  std::mutex mutex;
  std::optional<Speeds> speeds;  // Under the mutex: written once, by the reader.

  bool came() {
    const std::lock_guard lock(mutex);
    return speeds.has_value();
  }
};

}  // namespace

Speeds probe_speeds(std::shared_ptr<BlockReader> drive, Executor& executor) {
  const auto answer = std::make_shared<Answer>();
  const std::unique_ptr<Task> reader = executor.start("probe", [drive = std::move(drive), answer, &executor] {
    const Speeds speeds = Probe(*drive, executor).measure();
    {
      const std::lock_guard lock(answer->mutex);
      answer->speeds = speeds;
    }
    executor.notify();
  });
  if (!executor.wait([&] { return answer->came(); }, executor.now() + kProbeLimit)) return {};
  const std::lock_guard lock(answer->mutex);
  return *answer->speeds;
}

}  // namespace relance
