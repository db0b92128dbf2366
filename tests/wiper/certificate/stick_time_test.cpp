#include "wiper/certificate/stick_time.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

constexpr std::int64_t kBuilt = 1'780'000'000;
constexpr std::int64_t kLast = 1'795'000'000;

StickTime time_for(std::int64_t pc_clock_s, std::int64_t last_record_s) {
  return stick_time({.pc_clock_s = pc_clock_s, .last_record_s = last_record_s, .build_s = kBuilt});
}

TEST_SUITE("stick time") {
  TEST_CASE("a plausible PC clock is the time") {
    CHECK(time_for(kLast + 60, kLast) == StickTime{kLast + 60, TimeSource::PcClock});
    CHECK(time_for(kLast + kLongestBelievedGap_s, kLast) ==
          StickTime{kLast + kLongestBelievedGap_s, TimeSource::PcClock});
    CHECK(time_for(kBuilt, 0) == StickTime{kBuilt, TimeSource::PcClock});
  }

  TEST_CASE("a clock of 2002, of before the last record or of far ahead is not believed, and time still moves on") {
    for (const std::int64_t clock :
         {std::int64_t{0}, std::int64_t{1'030'000'000}, kLast, kLast - 1, kLast + kLongestBelievedGap_s + 1,
          std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
      CAPTURE(clock);
      CHECK(time_for(clock, kLast) == StickTime{kLast + 1, TimeSource::LastRecord});
    }
  }

  TEST_CASE("nothing of ours is older than its program") {
    CHECK(time_for(1'030'000'000, 0) == StickTime{kBuilt, TimeSource::Build});
    CHECK(time_for(1'030'000'000, kBuilt - 100) == StickTime{kBuilt, TimeSource::Build});
  }
}

}  // namespace
}  // namespace relance
