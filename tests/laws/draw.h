#pragma once
// Stays drawn from a seed: which drives, which faults, when the power goes.

#include "tests/laws/bench.h"

namespace relance {

// Drives, methods, workers, chunk size; nothing happens yet.
Stay draw_quiet_stay(SeededRandom& random);
// The same with faults of all kinds that are in the model.
Stay draw_stay(std::uint64_t seed);

// The same of drives with a firmware of their own: hidden areas, locks, erases by themselves, and all their lies.
Stay draw_firmware_stay(std::uint64_t seed);

}  // namespace relance
