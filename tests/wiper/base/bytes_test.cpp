#include "wiper/base/bytes.h"

#include <doctest/doctest.h>

#include <array>

using namespace relance;

TEST_CASE("zeros are told from bytes that differ anywhere") {
  Bytes bytes(9);
  CHECK(is_zero(bytes));
  CHECK(is_zero({}));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    CAPTURE(i);
    bytes[i] = std::byte{1};
    CHECK_FALSE(is_zero(bytes));
    bytes[i] = std::byte{0};
  }
}

TEST_CASE("a number in hex has as many digits as were asked for") {
  CHECK(hex_number(0xEF, 2) == "0xef");
  CHECK(hex_number(0xEF, 8) == "0x000000ef");
  CHECK(hex_number(~std::uint64_t{0}, 16) == "0xffffffffffffffff");
}

TEST_CASE("integers by byte order, there and back") {
  std::array<std::byte, 4> bytes{};
  store_le<std::uint32_t>(bytes, 0x01020304);
  CHECK(to_hex(bytes) == "04030201");
  CHECK(load_le<std::uint32_t>(bytes) == 0x01020304);
  CHECK(load_be<std::uint32_t>(bytes) == 0x04030201);
  store_be<std::uint32_t>(bytes, 0x01020304);
  CHECK(to_hex(bytes) == "01020304");
}

TEST_CASE("hex is lower case and of whole bytes, else refused") {
  CHECK(from_hex("00ff").value() == Bytes{std::byte{0}, std::byte{0xFF}});
  for (const char* text : {"0", "0F", "0g", " 0"}) {
    CAPTURE(text);
    CHECK_FALSE(from_hex(text).ok());
  }
}
