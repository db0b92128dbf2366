#include "tui/session/effort.h"

#include <algorithm>

#include "wiper/content/content.h"

namespace relance {
namespace {

constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;  // Larger ones are not faster, and cost more when one is bad.
constexpr std::uint64_t kSmallestChunk = std::uint64_t{64} << 10;  // Below it the calls cost more than the bytes.
constexpr std::uint64_t kBuffersOfWorker = 2;                      // What is read, and what it is compared with.
constexpr unsigned kWorkersOfDisk = 2;   // One writes while the other fills; more would only move the heads.
constexpr unsigned kWorkersOfFlash = 4;  // Flash wants several commands at once.

}  // namespace

Effort choose_effort(const Plan& plan, std::size_t drives_at_once, std::uint64_t memory_bytes) {
  const std::uint64_t budget = memory_bytes == 0 ? kMemoryBudget : std::min(kMemoryBudget, memory_bytes / 4);
  const std::uint64_t share = budget / std::max<std::size_t>(drives_at_once, 1);
  const unsigned wanted = plan.drive.medium == Medium::Rotating ? kWorkersOfDisk : kWorkersOfFlash;

  // An image's frames have their own size; the chunks of a pattern can shrink.
  const std::uint64_t largest = plan.image.empty() ? kChunk : kLargestChunkBytes;
  Effort effort;
  effort.workers = static_cast<unsigned>(std::clamp<std::uint64_t>(share / (kBuffersOfWorker * largest), 1, wanted));
  effort.chunk_bytes = kChunk;
  while (effort.chunk_bytes > kSmallestChunk && effort.workers * kBuffersOfWorker * effort.chunk_bytes > share)
    effort.chunk_bytes /= 2;
  return effort;
}

}  // namespace relance
