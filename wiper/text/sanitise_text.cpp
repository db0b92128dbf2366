#include "wiper/text/sanitise_text.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace relance {
namespace {

struct Character {
  std::uint32_t code = 0;
  std::size_t length = 1;
  bool valid = false;
};

// The first character of a text that is not empty. Overlong forms, surrogates and codes above U+10FFFF are invalid.
Character decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return {};
  std::uint32_t code = lead & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    if ((next & 0xC0) != 0x80) return {};
    code = (code << 6) | (next & 0x3F);
  }
  constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  if (code < kSmallest[length] || surrogate || code > 0x10FFFF) return {};
  return {code, length, true};
}

struct Span {
  std::uint32_t first;
  std::uint32_t last;
};
// Nothing that moves a cursor, turns the writing around, or cannot be seen.
constexpr std::array<Span, 16> kUnprintable = {{
    {0x0000, 0x001F},     // C0: escape codes start here.
    {0x007F, 0x009F},     // DEL and C1.
    {0x00AD, 0x00AD},     // Soft hyphen.
    {0x061C, 0x061C},     // Arabic letter mark.
    {0x115F, 0x1160},     // Hangul fillers.
    {0x180E, 0x180E},     // Mongolian vowel separator.
    {0x200B, 0x200F},     // Zero width, directions.
    {0x2028, 0x202E},     // Line ends, direction overrides.
    {0x2060, 0x206F},     // Invisible operators, isolates.
    {0x3164, 0x3164},     // Hangul filler.
    {0xE000, 0xF8FF},     // Private use.
    {0xFDD0, 0xFDEF},     // No characters.
    {0xFE00, 0xFE0F},     // Variation selectors.
    {0xFEFF, 0xFEFF},     // Byte order mark.
    {0xFFF0, 0xFFFC},     // Annotations.
    {0xE0000, 0x10FFFF},  // Tags, private planes.
}};
// A hundred of them on one letter paint over the screen; decomposed Vietnamese (macOS labels) needs two.
constexpr Span kCombiningMarks = {0x0300, 0x036F};
constexpr int kMostMarks = 2;

bool is_within(std::uint32_t code, Span span) { return code >= span.first && code <= span.last; }

bool is_printable(std::uint32_t code) {
  if ((code & 0xFFFE) == 0xFFFE) return false;
  return std::none_of(kUnprintable.begin(), kUnprintable.end(), [&](Span span) { return is_within(code, span); });
}

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r' || letter == '\0';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

std::string sanitise_text(std::string_view raw, std::size_t limit) {
  std::string text;
  bool gap = false;
  int marks = kMostMarks;  // Since the last letter; none may come before the first one.
  for (std::string_view rest = trimmed(raw); !rest.empty();) {
    if (is_blank(rest.front())) {
      gap = true;
      rest.remove_prefix(1);
      continue;
    }
    const Character character = decode(rest);
    marks = character.valid && is_within(character.code, kCombiningMarks) ? marks + 1 : 0;
    const bool clean = character.valid && is_printable(character.code) && marks <= kMostMarks;
    const std::string_view seen = clean ? rest.substr(0, character.length) : "?";
    rest.remove_prefix(character.valid ? character.length : 1);
    if (text.size() + seen.size() + (gap ? 1 : 0) > limit) break;
    if (gap) text += ' ';
    gap = false;
    text += seen;
  }
  return text;
}

}  // namespace relance
