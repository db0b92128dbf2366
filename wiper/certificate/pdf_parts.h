#pragma once
// What every PDF certificate carries, made at build time by scripts/cmake/pdf_parts.py: fonts cut down to what it may print,
// and the colour profile. All deflated, since the program has no compressor.

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace relance {

struct Deflated {
  std::span<const unsigned char> bytes;
  std::size_t plain_size = 0;
};

// TrueType. Codes are those of cp1252; lengths are thousandths of the font's size.
struct EmbeddedFont {
  std::string_view name;  // "UPKOLT+Lato-Regular": six letters say that it is a part.
  Deflated file;
  std::span<const std::uint16_t> widths;  // Of the codes from kFirstCode on.
  std::span<const bool> known;            // Which of them it can print.
  std::array<int, 4> box;                 // Left, bottom, right, top.
  int ascent = 0;
  int descent = 0;
  int capital = 0;
};
inline constexpr unsigned kFirstCode = 32;

extern const EmbeddedFont kRegularFont;
extern const EmbeddedFont kBoldFont;
extern const EmbeddedFont kMonoFont;  // ASCII only: serials and hashes, in which 0 is not O.
extern const Deflated kSrgbProfile;

}  // namespace relance
