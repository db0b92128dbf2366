#include "wiper/base/plain_text.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

TEST_SUITE("plain text") {
  TEST_CASE("there is one piece more than there are separators") {
    CHECK(split("a:b", ':') == std::vector<std::string>{"a", "b"});
    CHECK(split(":", ':') == std::vector<std::string>{"", ""});
    CHECK(split("", ':') == std::vector<std::string>{""});
  }

  TEST_CASE("only letters without accents change their case") {
    CHECK(lower_case("0xAF-É") == "0xaf-É");
    CHECK(upper_case("azAZ{`é") == "AZAZ{`é");
  }

  TEST_CASE("numbers are whole or nothing") {
    CHECK(whole_number<std::uint64_t>("18446744073709551615") == ~std::uint64_t{0});
    for (const char* text : {"", "-1", "1 ", "0x1", "18446744073709551616"}) CHECK(!whole_number<std::uint64_t>(text));
    CHECK(whole_number<std::uint32_t>("ff", 16) == 255);
    CHECK(!whole_number<std::uint32_t>("4294967296"));
  }
}

}  // namespace
}  // namespace relance
