#include "wiper/base/split_mix64.h"

#include <doctest/doctest.h>

#include <array>

namespace relance {
namespace {

TEST_SUITE("splitmix64") {
  TEST_CASE("a seed gives the numbers that others publish for it") {
    SplitMix64 words(1234567);

    const std::array<std::uint64_t, 5> drawn{words.next(), words.next(), words.next(), words.next(), words.next()};

    CHECK(drawn == std::array<std::uint64_t, 5>{6457827717110365317u, 3203168211198807973u, 9817491932198370423u,
                                                4593380528125082431u, 16408922859458223821u});
  }
}

}  // namespace
}  // namespace relance
