#pragma once
// How many workers a job gets, and chunks of what size: from the drive, how many drives work at once, and the PC's memory.

#include "wiper/plan/plan.h"

namespace relance {

struct Effort {
  unsigned workers = 2;
  std::uint64_t chunk_bytes = std::uint64_t{1} << 20;
  bool operator==(const Effort&) const = default;
};

// One budget for all drives: old PCs have 256 MB, and the whole system lives in them.
inline constexpr std::uint64_t kMemoryBudget = std::uint64_t{64} << 20;

// memory_bytes: of the PC; 0 if nobody knows.
Effort choose_effort(const Plan& plan, std::size_t drives_at_once, std::uint64_t memory_bytes);

}  // namespace relance
