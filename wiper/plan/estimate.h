#pragma once
// How long a plan takes: what each step moves, over how fast the drive is.

#include "wiper/plan/plan.h"

namespace relance {

struct Estimate {
  std::vector<std::uint64_t> step_seconds;  // One for each step.
  std::uint64_t seconds = 0;                // Of all; 0: nobody knows.
  bool is_rough = true;

  static constexpr auto fields() {
    return std::tuple{field("step_seconds", &Estimate::step_seconds), field("seconds", &Estimate::seconds),
                      field("is_rough", &Estimate::is_rough)};
  }
  bool operator==(const Estimate&) const = default;
};
// `step_bytes`: what each step is expected to move.
Estimate estimate(const std::vector<std::uint64_t>& step_bytes, const Speeds& speeds);

// Bytes that a step of an erase moves; 0 for one that is not of the erase, and for the few numbered blocks.
std::uint64_t erase_bytes(const Step& step, const Geometry& geometry);

}  // namespace relance
