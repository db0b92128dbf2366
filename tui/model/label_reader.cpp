#include "tui/model/label_reader.h"

#include <algorithm>
#include <array>
#include <optional>

#include "wiper/plan/machine_number.h"

namespace relance {
namespace {

constexpr std::u32string_view kRow = U"&é\"'(-è_çà";  // AZERTY without Shift, from 1 to 0.
constexpr std::string_view kRowDigits = "1234567890";
constexpr std::size_t kBareDigits = 6;  // Five and their check digit.

// One way to read the keys. What it cannot read is no reading at all.
struct Reading {
  bool dash_is_six;
  bool letters_are_us;  // The scanner types A where AZERTY has Q.
};
constexpr std::array<Reading, 4> kReadings{{{false, false}, {true, false}, {false, true}, {true, true}}};

char as_letter(char32_t letter, bool letters_are_us) {
  if (letter >= U'a' && letter <= U'z') letter -= U'a' - U'A';
  if (letter < U'A' || letter > U'Z') return 0;
  if (!letters_are_us) return static_cast<char>(letter);
  switch (letter) {
    case U'Q':
      return 'A';
    case U'A':
      return 'Q';
    case U'Z':
      return 'W';
    case U'W':
      return 'Z';
    default:
      return static_cast<char>(letter);
  }
}

std::optional<std::string> read_as(std::u32string_view typed, Reading reading) {
  std::string text;
  for (const char32_t letter : typed) {
    if (letter == U')') {
      text += '-';
    } else if (letter == U'-' && !reading.dash_is_six) {
      text += '-';
    } else if (const char digit = digit_of_key(letter); digit != 0) {
      text += digit;
    } else if (const char plain = as_letter(letter, reading.letters_are_us); plain != 0) {
      text += plain;
    } else {
      return std::nullopt;
    }
  }
  return text;
}

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

std::string with_prefix(const std::string& text, std::string_view prefix) {
  std::string digits;
  for (const char letter : text)
    if (letter != '-') digits += letter;
  const bool is_bare = digits.size() == kBareDigits && std::all_of(digits.begin(), digits.end(), is_digit);
  if (!is_bare) return text;
  return std::string(prefix) + "-" + digits.substr(0, kBareDigits - 1) + "-" + digits.back();
}

// PREFIX-04217-8. A shorter number would be one of the wrong readings of a dash.
bool is_whole_label(std::string_view text) {
  constexpr std::string_view kTail = "-00000-0";
  if (text.size() <= kTail.size()) return false;
  const std::string_view tail = text.substr(text.size() - kTail.size());
  for (std::size_t i = 0; i < kTail.size(); ++i)
    if (kTail[i] == '-' ? tail[i] != '-' : !is_digit(tail[i])) return false;
  return true;
}

}  // namespace

char digit_of_key(char32_t letter) {
  if (letter >= U'0' && letter <= U'9') return static_cast<char>(letter);
  const std::size_t place = kRow.find(letter);
  return place == std::u32string_view::npos ? '\0' : kRowDigits[place];
}

Result<std::string> read_label(std::u32string_view typed, std::string_view prefix) {
  std::optional<std::string> found;
  for (const Reading reading : kReadings) {
    const std::optional<std::string> text = read_as(typed, reading);
    if (!text) continue;
    const std::string label = with_prefix(*text, prefix);
    if (!is_whole_label(label)) continue;
    Result<std::string> number = parse_machine_number(label);
    if (!number.ok() || number.value() == found) continue;
    if (found)
      return Error{Errc::Refused, Stop::WrongNumber,
                   "the keys can be read as two numbers: " + *found + ", " + number.value()};
    found = std::move(number).value();
  }
  if (!found) return Error{Errc::Refused, Stop::WrongNumber, "no reading of the typed keys has a right check digit"};
  return *std::move(found);
}

std::string shown_label(std::u32string_view typed) {
  const bool is_row = std::any_of(typed.begin(), typed.end(), [](char32_t letter) {
    return letter != U'-' && letter != U'_' && kRow.find(letter) != std::u32string_view::npos;
  });
  std::string shown;
  for (const char32_t letter : typed) {
    if (letter == U')') {
      shown += '-';
    } else if (letter == U'-' && !is_row) {
      shown += '-';
    } else if (const char digit = digit_of_key(letter); digit != 0) {
      shown += digit;
    } else if (const char plain = as_letter(letter, false); plain != 0) {
      shown += plain;
    } else {
      shown += '?';
    }
  }
  return shown;
}

}  // namespace relance
