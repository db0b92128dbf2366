#include "tui/model/label_reader.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

std::string read(std::u32string_view typed) {
  const Result<std::string> number = read_label(typed, "DEF");
  return number.ok() ? number.value() : "STOP " + std::to_string(static_cast<unsigned>(number.error().stop));
}

TEST_SUITE("label reader") {
  TEST_CASE("six digits, the whole label and a scanner's label are the same number") {
    CHECK(read(U"042178") == "DEF-04217-8");
    CHECK(read(U"04217-8") == "DEF-04217-8");
    CHECK(read(U"DEF-04217-8") == "DEF-04217-8");
    CHECK(read(U"def-04217-8") == "DEF-04217-8");
  }

  TEST_CASE("the digit row works without Shift on AZERTY") {
    CHECK(read(U"à'é&è_") == "DEF-04217-8");
    CHECK(shown_label(U"à'é&è_") == "042178");
  }

  TEST_CASE("a scanner that types on a US keyboard is read on AZERTY") { CHECK(read(U"DEF)à'é&è)_") == "DEF-04217-8"); }

  TEST_CASE("a dash is a dash or a six, as the check digit says") {
    CHECK(read(U"àààà-è") == "STOP 27");  // 000067: 0×… the check digit of 00006 is 2.
    CHECK(read(U"àààà-é") == "DEF-00006-2");
    CHECK(shown_label(U"àààà-é") == "000062");
    CHECK(shown_label(U"04217-8") == "04217-8");
  }

  TEST_CASE("a wrong check digit, a missing digit and letters are refused") {
    CHECK(read(U"042179") == "STOP 27");
    CHECK(read(U"04217") == "STOP 27");
    CHECK(read(U"") == "STOP 27");
    CHECK(read(U"DEF-0421é…") == "STOP 27");
  }

  TEST_CASE("a hundred thousand labels are read back, with and without Shift") {
    static constexpr std::u32string_view kRow = U"à&é\"'(-è_ç";
    unsigned misread = 0;
    for (unsigned number = 0; number < 100000; ++number) {
      std::string digits = std::to_string(100000 + number).substr(1);
      unsigned sum = 0;
      for (std::size_t i = 0; i < 5; ++i) sum += static_cast<unsigned>(digits[i] - '0') * (i % 2 == 0 ? 3 : 1);
      digits += static_cast<char>('0' + (10 - sum % 10) % 10);
      std::u32string plain, row;
      for (const char digit : digits) {
        plain += static_cast<char32_t>(digit);
        row += kRow[static_cast<std::size_t>(digit - '0')];
      }
      const std::string wanted = "DEF-" + digits.substr(0, 5) + "-" + digits.substr(5);
      if (read(plain) != wanted || read(row) != wanted) ++misread;
    }
    CHECK(misread == 0);
  }
}

}  // namespace
}  // namespace relance
