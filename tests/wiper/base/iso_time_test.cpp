#include "wiper/base/iso_time.h"

#include <doctest/doctest.h>

#include <limits>

namespace relance {
namespace {

TEST_SUITE("iso time") {
  TEST_CASE("times are said in UTC whatever the clock says") {
    CHECK(iso_time(1'795'000'000) == "2026-11-18T11:06:40Z");
    CHECK(iso_time(0) == "1970-01-01T00:00:00Z");
    CHECK(iso_time(-1) == "1969-12-31T23:59:59Z");
    CHECK(iso_time(4'102'444'800) == "2100-01-01T00:00:00Z");
    CHECK(iso_time(std::numeric_limits<std::int64_t>::max()) == "?");
    CHECK(iso_time(std::numeric_limits<std::int64_t>::min()) == "?");
  }
}

}  // namespace
}  // namespace relance
