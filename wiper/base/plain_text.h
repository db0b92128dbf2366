#pragma once
// What the text files of others are made of: pieces between separators, whole numbers, names in either case.

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relance {

// One piece more than there are separators: nothing at all is one empty piece.
std::vector<std::string> split(std::string_view text, char separator);

// Of the letters a to z; others stay as they are.
std::string lower_case(std::string_view text);
std::string upper_case(std::string_view text);

// Digits alone (and a minus, for a signed type); nothing if it is not that or does not fit.
template <class Integer>
std::optional<Integer> whole_number(std::string_view text, int base = 10) {
  Integer number = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, trouble] = std::from_chars(text.data(), end, number, base);
  if (trouble != std::errc() || stopped != end) return std::nullopt;
  return number;
}

}  // namespace relance
