#include "wiper/plan/machine_number.h"

namespace relance {
namespace {

constexpr std::size_t kLongest = 32;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }
bool is_letter(char letter) { return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z'); }

// The digits that the last '-' ends: "DEF-04217-8" → "04217".
std::string_view counted_digits(std::string_view number) {
  const std::string_view front = number.substr(0, number.rfind('-'));
  std::size_t start = front.size();
  while (start > 0 && is_digit(front[start - 1])) --start;
  return front.substr(start);
}

}  // namespace

char check_digit(std::string_view digits) {
  unsigned sum = 0;
  unsigned weight = 3;
  for (std::size_t i = digits.size(); i-- > 0;) {
    sum += static_cast<unsigned>(digits[i] - '0') * weight;
    weight = 4 - weight;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

Result<std::string> parse_machine_number(std::string_view text) {
  const Error wrong{Errc::Refused, Stop::WrongNumber, "not a machine's number with a right check digit"};
  if (text.size() > kLongest) return wrong;
  const auto dash = text.rfind('-');
  if (dash == std::string_view::npos || dash + 2 != text.size() || !is_digit(text.back())) return wrong;
  for (const char letter : text)
    if (!is_digit(letter) && !is_letter(letter) && letter != '-') return wrong;
  const std::string_view digits = counted_digits(text);
  if (digits.empty() || check_digit(digits) != text.back()) return wrong;
  return std::string(text);
}

std::string number_digits(std::string_view number) { return std::string(counted_digits(number)); }

}  // namespace relance
