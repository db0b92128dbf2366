#pragma once
// Which seeds a law is tried with. RELANCE_SEED=258 plays that one alone, RELANCE_SEEDS=20000 so many.

#include <doctest/doctest.h>

#include <cstdlib>
#include <string>

namespace relance {

struct Seeds {
  std::uint64_t first = 1;
  std::uint64_t count = 0;
};

inline std::uint64_t number_in_environment(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

inline Seeds seeds(std::uint64_t count) {
  if (const std::uint64_t one = number_in_environment("RELANCE_SEED", 0); one != 0) return {one, 1};
  return {1, number_in_environment("RELANCE_SEEDS", count)};
}

}  // namespace relance
