#include "wiper/text/utf8.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

TEST_SUITE("utf8") {
  TEST_CASE("letters of every length go there and back") {
    const std::string text = "a é € 😀";

    const std::u32string letters = from_utf8(text);

    CHECK(letters == U"a é € 😀");
    CHECK(to_utf8(letters) == text);
  }

  TEST_CASE("bytes that are no UTF-8 become one sign each, and what follows them is read") {
    CHECK(from_utf8("\xff\x41") == U"\uFFFDA");
    CHECK(from_utf8("\xc3") == U"\uFFFD");
    CHECK(from_utf8("\xc0\xaf") == U"\uFFFD\uFFFD");            // Overlong.
    CHECK(from_utf8("\xed\xa0\x80") == U"\uFFFD\uFFFD\uFFFD");  // A surrogate.
  }
}

}  // namespace
}  // namespace relance
