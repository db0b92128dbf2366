#include "tui/session/effort.h"

#include <algorithm>

#include "wiper/content/content.h"

namespace relance {
namespace {

constexpr std::uint64_t kChunk = std::uint64_t{1} << 20;  // Larger ones are not faster, and cost more when one is bad.
constexpr std::uint64_t kSmallestChunk = std::uint64_t{64} << 10;  // Below it the calls cost more than the bytes.
constexpr std::uint64_t kBuffersOfWorker = 2;                      // What is read, and what it is compared with.
constexpr std::uint64_t kBuffersWithImage = 3;                     // And a frame.
constexpr std::uint64_t kProgram = std::uint64_t{20} << 20;  // Its own memory, beside the buffers of those who deploy.
constexpr unsigned kWorkersOfDisk = 2;   // One writes while the other fills; more would only move the heads.
constexpr unsigned kWorkersOfFlash = 4;  // Flash wants several commands at once.

}  // namespace

Effort choose_effort(const Plan& plan, std::size_t drives_at_once, std::uint64_t memory_bytes) {
  const std::uint64_t budget = memory_bytes == 0 ? kMemoryBudget : std::min(kMemoryBudget, memory_bytes / 4);
  const std::uint64_t buffers = plan.image.empty() ? budget : budget - std::min(budget, kProgram);
  const std::uint64_t share = buffers / std::max<std::size_t>(drives_at_once, 1);
  const unsigned wanted = plan.drive.medium == Medium::Rotating ? kWorkersOfDisk : kWorkersOfFlash;

  // An image's frames have their own size; the chunks of a pattern can shrink.
  const std::uint64_t of_worker =
      plan.image.empty() ? kBuffersOfWorker * kChunk : kBuffersWithImage * kLargestChunkBytes;
  Effort effort;
  effort.workers = static_cast<unsigned>(std::clamp<std::uint64_t>(share / of_worker, 1, wanted));
  effort.chunk_bytes = kChunk;
  while (effort.chunk_bytes > kSmallestChunk && effort.workers * kBuffersOfWorker * effort.chunk_bytes > share)
    effort.chunk_bytes /= 2;
  return effort;
}

}  // namespace relance
