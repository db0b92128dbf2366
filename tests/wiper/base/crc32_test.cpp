#include "wiper/base/crc32.h"

#include <doctest/doctest.h>

#include "wiper/base/bytes.h"

namespace relance {
namespace {

TEST_SUITE("crc32") {
  TEST_CASE("the check value of the catalogue") { CHECK(crc32(as_bytes("123456789")) == 0xcbf43926); }

  TEST_CASE("of nothing it is zero") { CHECK(crc32({}) == 0); }

  TEST_CASE("bytes that come in two parts have the CRC of the whole") {
    const std::uint32_t parts = crc32(as_bytes("56789"), crc32(as_bytes("1234")));

    CHECK(parts == crc32(as_bytes("123456789")));
  }
}

}  // namespace
}  // namespace relance
