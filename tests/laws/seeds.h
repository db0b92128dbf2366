#pragma once
// Which seeds a law is tried with. RELANCE_SEED=258 plays that one alone, RELANCE_SEEDS=20000 so many, RELANCE_SEED_STEP=7 every
// seventh of them: what sanitizers have time for at every change.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

namespace relance {

inline std::uint64_t number_in_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline std::vector<std::uint64_t> seeds(std::uint64_t count) {
  if (const std::uint64_t one = number_in_environment("RELANCE_SEED", 0); one != 0) return {one};
  const std::uint64_t last = number_in_environment("RELANCE_SEEDS", count);
  const std::uint64_t step = std::max<std::uint64_t>(1, number_in_environment("RELANCE_SEED_STEP", 1));
  std::vector<std::uint64_t> all;
  for (std::uint64_t seed = 1; seed <= last; seed += step) all.push_back(seed);
  return all;
}

}  // namespace relance
