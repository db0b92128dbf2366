#pragma once
// One page as PDF operators. Lengths are hundredths of a point, counted from the page's upper left corner; no floating
// point, since x87 and SSE round differently and these bytes get signed.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "wiper/certificate/pdf_parts.h"

namespace relance {

using Hundredths = std::int64_t;
constexpr Hundredths operator""_pt(unsigned long long points) { return static_cast<Hundredths>(points * 100); }
constexpr Hundredths operator""_pt(long double points) { return static_cast<Hundredths>(points * 100 + 0.5L); }

inline constexpr Hundredths kPageWidth = 595.28_pt;  // A4.
inline constexpr Hundredths kPageHeight = 841.89_pt;

struct Place {
  Hundredths x = 0;
  Hundredths y = 0;
};
struct Box {
  Hundredths x = 0;
  Hundredths y = 0;
  Hundredths width = 0;
  Hundredths height = 0;
};
struct Colour {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};

enum class Face : std::uint8_t { Regular, Bold, Mono };
enum class Align : std::uint8_t { Left, Centre, Right };
struct Type {
  Face face = Face::Regular;
  Hundredths size = 0;
  Colour colour;
};

const EmbeddedFont& font_of(Face face);

// The text in the font's codes; what it cannot print becomes '?'. (certificat.json, which is attached, has it whole.)
std::string encoded(Face face, std::string_view utf8);
Hundredths width_of(const Type& type, std::string_view utf8);
// Broken at blanks into lines of that width; a word that is longer is cut. What does not fit on the last line ends in "…".
std::vector<std::string> wrapped(const Type& type, std::string_view utf8, Hundredths width, std::size_t most_lines);

class PdfCanvas {
 public:
  // `at` is on the base line.
  void text(Place at, const Type& type, std::string_view utf8, Align align = Align::Left);
  // Rising to the right, centred on `at`: what lies under everything else.
  void slanted(Place at, const Type& type, std::string_view utf8);
  void fill(const Box& box, Colour colour);
  void frame(const Box& box, Hundredths line_width, Colour colour);
  void line(const std::vector<Place>& places, Hundredths line_width, Colour colour, bool is_closed = false);
  // Rows of squares, '#' for a dark one.
  void squares(Place at, Hundredths side, std::vector<std::string> rows);

  const std::string& operators() const { return operators_; }
  // What can be read on the page, a line for each text: place, type and words.
  const std::string& transcript() const { return transcript_; }

 private:
  void put_text(const std::string& place, const Type& type, std::string_view utf8);
  void set(std::string& now, const std::string& wanted);
  std::string operators_;
  std::string fill_;  // Set last: said again only when it changes.
  std::string stroke_;
  std::string font_;
  std::string transcript_;
};

}  // namespace relance
