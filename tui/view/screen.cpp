#include "tui/view/screen.h"

#include <algorithm>

#include "wiper/text/utf8.h"

namespace relance {
namespace {

// Wide, combining and right-to-left letters move what stands beside them, differently on each terminal.
bool is_one_cell(char32_t letter) {
  if (letter < 0x20 || (letter >= 0x7f && letter < 0xa0) || letter == 0xad) return false;
  if (letter >= 0x300 && letter < 0x370) return false;   // Combining.
  if (letter < 0x530) return true;                       // Latin, Greek, Cyrillic.
  if (letter >= 0x1e00 && letter < 0x2000) return true;  // Latin and Greek with accents.
  if (letter >= 0x2010 && letter < 0x2028) return true;  // Dashes, quotes, dots.
  if (letter >= 0x2030 && letter < 0x2060) return true;
  return (letter >= 0x2070 && letter < 0x20d0) || (letter >= 0x2100 && letter < 0x2e80);  // €, arrows, blocks, signs.
}

}  // namespace

std::u32string cells_of(std::string_view utf8) {
  std::u32string cells = from_utf8(utf8);
  for (char32_t& letter : cells)
    letter = letter == 0xa0 || letter == 0x202f ? U' ' : is_one_cell(letter) ? letter : U'?';
  return cells;
}

int width_of(std::string_view utf8) { return static_cast<int>(cells_of(utf8).size()); }

int Screen::put(int column, int row, std::string_view utf8, Style style) {
  for (const char32_t letter : cells_of(utf8)) {
    if (row >= 0 && row < size_.rows && column >= 0 && column < size_.columns)
      cells_[static_cast<std::size_t>(row * size_.columns + column)] = {letter, style};
    ++column;
  }
  return column;
}

void Screen::put_right(int column_behind, int row, std::string_view utf8, Style style) {
  put(column_behind - width_of(utf8), row, utf8, style);
}

void Screen::fill(int column, int row, int columns, int rows, Cell cell) {
  for (int y = std::max(row, 0); y < std::min(row + rows, size_.rows); ++y)
    for (int x = std::max(column, 0); x < std::min(column + columns, size_.columns); ++x)
      cells_[static_cast<std::size_t>(y * size_.columns + x)] = cell;
}

std::string Screen::to_text() const {
  std::string text;
  for (int row = 0; row < size_.rows; ++row) {
    std::u32string line;
    for (int column = 0; column < size_.columns; ++column) line += at(column, row).letter;
    line.erase(line.find_last_not_of(U' ') + 1);
    text += to_utf8(line) + "\n";
  }
  return text;
}

std::vector<std::string> wrapped(std::string_view utf8, int columns) {
  const std::u32string cells = cells_of(utf8);
  std::u32string_view rest = cells;
  std::vector<std::string> lines;
  const auto widest = static_cast<std::size_t>(std::max(columns, 1));
  while (rest.size() > widest) {
    const std::size_t blank = rest.substr(0, widest + 1).rfind(U' ');
    const bool has_blank = blank != std::u32string_view::npos && blank > 0;
    lines.push_back(to_utf8(rest.substr(0, has_blank ? blank : widest)));
    rest.remove_prefix(has_blank ? blank + 1 : widest);
  }
  if (!rest.empty()) lines.push_back(to_utf8(rest));
  return lines;
}

}  // namespace relance
