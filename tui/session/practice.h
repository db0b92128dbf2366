#pragma once
// A PC to learn on: one small, slow drive, no stick, no key, in memory. What the screens show of it is as on a real PC; the
// drive is called what it is, a practice drive.

#include "tui/session/bench.h"
#include "wiper/sim/simulated_machine.h"

namespace relance {

// The thread that makes it runs its screens and destroys it.
class Practice {
 public:
  // `seed` chooses the drive. `pc_clock_s`: seconds since 1970.
  Practice(std::uint64_t seed, std::int64_t pc_clock_s);
  Bench bench() const { return bench_; }

 private:
  SimulatedPc pc_;
  Bench bench_;
};

}  // namespace relance
