#include "wiper/certificate/pdf_canvas.h"

#include <algorithm>
#include <array>

#include "wiper/text/utf8.h"

namespace relance {
namespace {

// What cp1252 has where Latin-1 has control characters; 0 for nothing.
constexpr std::array<char32_t, 32> kFrom0x80 = {U'€', 0,    U'‚', U'ƒ', U'„', U'…', U'†', U'‡', U'ˆ', U'‰', U'Š',
                                                U'‹', U'Œ', 0,    U'Ž', 0,    0,    U'‘', U'’', U'“', U'”', U'•',
                                                U'–', U'—', U'˜', U'™', U'š', U'›', U'œ', 0,    U'ž', U'Ÿ'};
constexpr std::string_view kEllipsis = "…";

unsigned code_of(char32_t letter) {
  if ((letter >= 0x20 && letter < 0x7F) || (letter >= 0xA0 && letter <= 0xFF)) return static_cast<unsigned>(letter);
  if (letter == 0x202F) return 0xA0;  // The narrow no-break space before a French colon.
  const auto found = std::ranges::find(kFrom0x80, letter);
  return letter == 0 || found == kFrom0x80.end() ? 0 : 0x80 + static_cast<unsigned>(found - kFrom0x80.begin());
}

// "12.34", without zeros at its end.
std::string number(Hundredths value) {
  std::string text = value < 0 ? "-" : "";
  const auto size = static_cast<std::uint64_t>(value < 0 ? -value : value);
  text += std::to_string(size / 100);
  if (size % 100 != 0) text += "." + std::to_string(size % 100 / 10);
  if (size % 10 != 0) text += std::to_string(size % 10);
  return text;
}

std::string place_text(Place place) { return number(place.x) + " " + number(kPageHeight - place.y); }
std::string box_text(const Box& box) {
  return place_text({box.x, box.y + box.height}) + " " + number(box.width) + " " + number(box.height) + " re";
}

std::string colour_text(Colour colour, const char* operation) {
  const auto part = [](unsigned value) { return number((value * 100 + 127) / 255); };
  return part(colour.red) + " " + part(colour.green) + " " + part(colour.blue) + " " + operation;
}

// A PDF string; bytes outside of ASCII in octal.
std::string literal(std::string_view codes) {
  std::string text = "(";
  for (const char letter : codes) {
    const auto code = static_cast<unsigned char>(letter);
    if (letter == '(' || letter == ')' || letter == '\\') text += '\\';
    if (code < 0x7F) {
      text += letter;
      continue;
    }
    text += '\\';
    for (const int shift : {6, 3, 0}) text += static_cast<char>('0' + (code >> shift & 7));
  }
  return text + ")";
}

std::string_view name_of_face(Face face) {
  static constexpr std::array<std::string_view, 3> kNames{"regular", "bold", "mono"};
  return kNames[static_cast<std::size_t>(face)];
}

std::string first_letters(std::string_view utf8, std::size_t count) {
  return to_utf8(from_utf8(utf8).substr(0, count));
}

std::string shortened(const Type& type, const std::string& text, Hundredths width) {
  std::size_t count = from_utf8(text).size();
  while (count > 0 && width_of(type, first_letters(text, count) + std::string(kEllipsis)) > width) --count;
  return first_letters(text, count) + std::string(kEllipsis);
}

}  // namespace

const EmbeddedFont& font_of(Face face) {
  switch (face) {
    case Face::Regular:
      break;
    case Face::Bold:
      return kBoldFont;
    case Face::Mono:
      return kMonoFont;
  }
  return kRegularFont;
}

std::string encoded(Face face, std::string_view utf8) {
  const EmbeddedFont& font = font_of(face);
  std::string codes;
  for (const char32_t letter : from_utf8(utf8)) {
    const unsigned code = code_of(letter);
    const bool is_known = code >= kFirstCode && font.known[code - kFirstCode];
    codes += static_cast<char>(is_known ? code : '?');
  }
  return codes;
}

Hundredths width_of(const Type& type, std::string_view utf8) {
  Hundredths thousandths = 0;
  for (const char code : encoded(type.face, utf8))
    thousandths += font_of(type.face).widths[static_cast<unsigned char>(code) - kFirstCode];
  return thousandths * type.size / 1000;
}

std::vector<std::string> wrapped(const Type& type, std::string_view utf8, Hundredths width, std::size_t most_lines) {
  const auto fitting = [&](const std::string& text) {
    return width_of(type, text) > width ? shortened(type, text, width) : text;
  };
  std::vector<std::string> lines;
  std::string line;
  while (!utf8.empty()) {
    const auto blank = utf8.find(' ');
    const std::string word(utf8.substr(0, blank));
    const std::string longer = line.empty() ? word : line + " " + word;
    if (!line.empty() && width_of(type, longer) > width) {
      if (lines.size() + 1 == most_lines) {
        lines.push_back(shortened(type, line + " " + std::string(utf8), width));
        return lines;
      }
      lines.push_back(fitting(line));
      line = word;
    } else {
      line = longer;
    }
    utf8.remove_prefix(blank == std::string_view::npos ? utf8.size() : blank + 1);
  }
  if (!line.empty()) lines.push_back(fitting(line));
  return lines;
}

void PdfCanvas::text(Place at, const Type& type, std::string_view utf8, Align align) {
  const Hundredths width = width_of(type, utf8);
  if (align == Align::Centre) at.x -= width / 2;
  if (align == Align::Right) at.x -= width;
  transcript_ += number(at.x) + " " + number(at.y) + " " + std::string(name_of_face(type.face)) + " " +
                 number(type.size) + " | " + std::string(utf8) + "\n";
  put_text(place_text(at) + " Td", type, utf8);
}

void PdfCanvas::slanted(Place at, const Type& type, std::string_view utf8) {
  transcript_ += "slanted " + number(type.size) + " | " + std::string(utf8) + "\n";
  // cos and sin of 45°; the base line's start lies half of the text's width before the middle.
  const Hundredths half = width_of(type, utf8) * 71 / 200;
  put_text("0.71 0.71 -0.71 0.71 " + place_text({at.x - half, at.y + half}) + " Tm", type, utf8);
}

void PdfCanvas::set(std::string& now, const std::string& wanted) {
  if (now != wanted) operators_ += wanted + "\n";
  now = wanted;
}

void PdfCanvas::put_text(const std::string& place, const Type& type, std::string_view utf8) {
  set(fill_, colour_text(type.colour, "rg"));
  set(font_, "/F" + std::to_string(static_cast<int>(type.face)) + " " + number(type.size) + " Tf");
  operators_ += "BT " + place + " " + literal(encoded(type.face, utf8)) + " Tj ET\n";
}

void PdfCanvas::fill(const Box& box, Colour colour) {
  set(fill_, colour_text(colour, "rg"));
  operators_ += box_text(box) + " f\n";
}

void PdfCanvas::frame(const Box& box, Hundredths line_width, Colour colour) {
  set(stroke_, colour_text(colour, "RG") + " " + number(line_width) + " w");
  operators_ += box_text(box) + " S\n";
}

void PdfCanvas::line(const std::vector<Place>& places, Hundredths line_width, Colour colour, bool is_closed) {
  set(stroke_, colour_text(colour, "RG") + " " + number(line_width) + " w");
  for (std::size_t i = 0; i < places.size(); ++i) operators_ += place_text(places[i]) + (i == 0 ? " m " : " l ");
  operators_ += is_closed ? "s\n" : "S\n";
}

void PdfCanvas::squares(Place at, Hundredths side, std::vector<std::string> rows) {
  // In units of a square, so that whole numbers do. Dark neighbours are one rectangle, first to the right, then downwards:
  // fewer bytes, and no seams between them.
  operators_ += "q 0 g " + number(side) + " 0 0 " + number(side) + " " + place_text(at) + " cm\n";
  for (std::size_t row = 0; row < rows.size(); ++row)
    for (std::size_t first = rows[row].find('#'); first != std::string::npos; first = rows[row].find('#', first)) {
      const std::size_t end = std::min(rows[row].find_first_not_of('#', first), rows[row].size());
      const std::string run(end - first, '#');
      std::size_t below = row;
      while (below < rows.size() && rows[below].compare(first, run.size(), run) == 0)
        rows[below++].replace(first, run.size(), run.size(), ' ');
      operators_ += std::to_string(first) + " -" + std::to_string(below) + " " + std::to_string(run.size()) + " " +
                    std::to_string(below - row) + " re\n";
    }
  operators_ += "f Q\n";
}

}  // namespace relance
