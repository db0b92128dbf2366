#include "tui/model/meter.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_SUITE("meter") {
  TEST_CASE("nothing is said before there is something to say") {
    Meter meter({1000, 1000});

    meter.add(Moment{seconds(1)}, {0, 0, 1000, 0});

    CHECK(meter.bytes_per_second() == 0);
    CHECK(meter.percent() == 0);
    CHECK(!meter.seconds_left());
  }

  TEST_CASE("speed and end come from the last samples of the step") {
    Meter meter({10'000'000, 10'000'000});

    for (std::uint64_t i = 0; i <= 40; ++i) meter.add(Moment{milliseconds(i * 100)}, {0, i * 100'000, 10'000'000, 0});

    CHECK(meter.bytes_per_second() == 1'000'000);
    CHECK(meter.percent() == 20);
    CHECK(meter.step_percent() == 40);
    CHECK(meter.seconds_left() == 16);
  }

  TEST_CASE("a disk that halves towards its inner edge: the end is right from the beginning on") {
    const std::uint64_t bytes = 1'000'000'000'000;
    const Speeds speeds{100'000'000, 75'000'000, 50'000'000, false};
    Meter meter({bytes, bytes}, speeds);
    for (std::uint64_t i = 0; i <= 60; ++i) meter.add(Moment{seconds(i)}, {0, i * 100'000'000, bytes, 0});

    REQUIRE(meter.seconds_left());
    CHECK(static_cast<double>(*meter.seconds_left()) == doctest::Approx(2 * 13'863 - 60).epsilon(0.01));
  }

  TEST_CASE("a drive that collapses after a tenth: the end is right a minute later") {
    const std::uint64_t bytes = 100'000'000'000;
    Meter meter({bytes}, {100'000'000, 100'000'000, 100'000'000, true});
    for (std::uint64_t i = 0; i <= 100; ++i) meter.add(Moment{seconds(i)}, {0, i * 100'000'000, bytes, 0});
    for (std::uint64_t i = 1; i <= 60; ++i)
      meter.add(Moment{seconds(100 + i)}, {0, bytes / 10 + i * 10'000'000, bytes, 0});

    REQUIRE(meter.seconds_left());
    CHECK(static_cast<double>(*meter.seconds_left()) == doctest::Approx(9000 - 60).epsilon(0.1));
  }

  TEST_CASE("the next step is measured anew, and its true size replaces the guess") {
    Meter meter({1000, 500});
    meter.add(Moment{seconds(0)}, {0, 0, 1000, 0});
    meter.add(Moment{seconds(2)}, {0, 1000, 1000, 0});

    meter.add(Moment{seconds(3)}, {1, 0, 3000, 0});

    CHECK(meter.bytes_per_second() == 0);
    CHECK(meter.percent() == 25);
  }

  TEST_CASE("100 % is said only when every byte is done") {
    Meter meter({100'000'000'000'000});

    meter.add(Moment{}, {0, 99'999'999'999'999, 100'000'000'000'000, 0});
    CHECK(meter.percent() == 99);

    meter.add(Moment{seconds(1)}, {0, 100'000'000'000'000, 100'000'000'000'000, 0});
    CHECK(meter.percent() == 100);
  }
}

}  // namespace
}  // namespace relance
