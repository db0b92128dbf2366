#include "wiper/base/version.h"

#include <doctest/doctest.h>

TEST_SUITE("version") {
  TEST_CASE("the program knows what it was built from") { CHECK_FALSE(relance::version().empty()); }
}
