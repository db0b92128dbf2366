#include "wiper/text/sanitise_text.h"

#include <doctest/doctest.h>

#include <random>

namespace relance {
namespace {

TEST_SUITE("foreign text") {
  TEST_CASE("honest words go through whole") {
    CHECK(sanitise_text("Société Générale") == "Société Générale");
    CHECK(sanitise_text("Donne\u0301es") == "Donne\u0301es");
    CHECK(sanitise_text("备份 💾") == "备份 💾");
    CHECK(sanitise_text("WDC WD5000AAKX-001CA0     ") == "WDC WD5000AAKX-001CA0");
    CHECK(sanitise_text(std::string_view("\0\0ab\0", 5)) == "ab");
    CHECK(sanitise_text("a  \t b") == "a b");
    CHECK(sanitise_text("") == "");
  }

  TEST_CASE("escape codes, directions and broken bytes become question marks") {
    CHECK(sanitise_text("\x1b[2JX") == "?[2JX");
    CHECK(sanitise_text("abc\u202Efed") == "abc?fed");
    CHECK(sanitise_text("\xC0\xAF") == "??");
    CHECK(sanitise_text("\xED\xA0\x80") == "???");
    CHECK(sanitise_text("\xE9t\xE9") == "?t?");  // Latin-1.
    CHECK(sanitise_text("\u200B") == "?");
    CHECK(sanitise_text("\u0301x") == "?x");
    CHECK(sanitise_text("a\u0301\u0301\u0301\u0301") == "a\u0301\u0301??");
  }

  TEST_CASE("it is cut between characters") {
    CHECK(sanitise_text("ééé", 5) == "éé");
    CHECK(sanitise_text(std::string(1000, 'x')).size() == kForeignTextLimit);
  }

  TEST_CASE("whatever comes in, clean UTF-8 within the limit comes out, and cleaning it again changes nothing") {
    for (unsigned seed = 1; seed <= 2000; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      std::string raw;
      for (auto i = random() % 200; i > 0; --i)
        raw += static_cast<char>(random() % 3 == 0 ? random() : 0xC0 + random() % 0x38);
      const std::string clean = sanitise_text(raw);
      CHECK(clean.size() <= kForeignTextLimit);
      CHECK(sanitise_text(clean) == clean);
    }
  }
}

}  // namespace
}  // namespace relance
