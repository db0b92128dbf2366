#pragma once
// Chance that a seed replays on every machine and compiler: no distribution of the standard library, whose numbers differ
// between libraries.

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "wiper/base/split_mix64.h"

namespace relance {

class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : words_(seed) {}
  // Its own sequence for each name: what one part draws does not move another part's numbers.
  SeededRandom(std::uint64_t seed, std::string_view name) : words_(seed) {
    for (const char letter : name) words_ = SplitMix64(next() ^ static_cast<unsigned char>(letter));
  }

  std::uint64_t next() { return words_.next(); }
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }  // bound > 0; the bias is far below what matters.
  std::uint64_t between(std::uint64_t first, std::uint64_t last) { return first + below(last - first + 1); }
  bool one_in(std::uint64_t count) { return below(count) == 0; }

  void fill(std::span<std::byte> bytes) {
    while (!bytes.empty()) {
      const std::uint64_t word = next();
      const std::size_t count = bytes.size() < sizeof word ? bytes.size() : sizeof word;
      for (std::size_t i = 0; i < count; ++i) bytes[i] = static_cast<std::byte>(word >> (8 * i));
      bytes = bytes.subspan(count);
    }
  }

 private:
  SplitMix64 words_;
};

}  // namespace relance
