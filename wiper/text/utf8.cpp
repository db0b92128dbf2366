#include "wiper/text/utf8.h"

namespace relance {
namespace {

constexpr char32_t kReplacement = 0xfffd;

struct Decoded {
  char32_t letter;
  std::size_t bytes;
};

Decoded decode(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  const std::size_t length = first < 0x80         ? 1
                             : (first >> 5) == 6  ? 2
                             : (first >> 4) == 14 ? 3
                             : (first >> 3) == 30 ? 4
                                                  : 0;
  if (length == 0 || length > text.size()) return {kReplacement, 1};
  if (length == 1) return {first, 1};
  char32_t letter = first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) >> 6) != 2) return {kReplacement, 1};
    letter = (letter << 6) | (byte(i) & 0x3fU);
  }
  static constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = letter >= 0xd800 && letter < 0xe000;
  if (letter < kSmallest[length] || letter > 0x10ffff || is_surrogate) return {kReplacement, 1};
  return {letter, length};
}

}  // namespace

std::u32string from_utf8(std::string_view text) {
  std::u32string letters;
  while (!text.empty()) {
    const auto [letter, bytes] = decode(text);
    letters += letter;
    text.remove_prefix(bytes);
  }
  return letters;
}

std::string to_utf8(std::u32string_view letters) {
  std::string text;
  for (const char32_t letter : letters) {
    const auto tail = [&](int shift) { text += static_cast<char>(0x80 | ((letter >> shift) & 0x3f)); };
    if (letter < 0x80) {
      text += static_cast<char>(letter);
    } else if (letter < 0x800) {
      text += static_cast<char>(0xc0 | (letter >> 6));
      tail(0);
    } else if (letter < 0x10000) {
      text += static_cast<char>(0xe0 | (letter >> 12));
      tail(6);
      tail(0);
    } else {
      text += static_cast<char>(0xf0 | (letter >> 18));
      tail(12);
      tail(6);
      tail(0);
    }
  }
  return text;
}

}  // namespace relance
