#include "wiper/plan/estimate.h"

namespace relance {

std::uint64_t erase_bytes(const Step& step, const Geometry& geometry) {
  const bool is_sweep = writes(step.kind) || step.kind == StepKind::Compare;
  const bool moves = step.role == StepRole::Erase && is_sweep && !is_stamp(step) && !is_canary(step);
  if (!moves) return 0;
  return step.kind == StepKind::Compare ? geometry.size_bytes() / 100 * step.sample_percent : geometry.size_bytes();
}

Estimate estimate(const std::vector<std::uint64_t>& step_bytes, const Speeds& speeds) {
  Estimate all{.step_seconds = {}, .seconds = 0, .is_rough = speeds.is_rough};
  for (const std::uint64_t bytes : step_bytes) {
    all.step_seconds.push_back(seconds_for(bytes, speeds));
    all.seconds += all.step_seconds.back();
  }
  return all;
}

}  // namespace relance
