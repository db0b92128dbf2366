#include "tui/view/big_letters.h"

#include <algorithm>

#include "wiper/text/utf8.h"

namespace relance {
namespace {

struct Glyph {
  char32_t letter;
  std::string_view rows[kBigRows];
};

// '#' is ink. All rows of a glyph are equally long.
constexpr Glyph kGlyphs[] = {
    {U' ', {"  ", "  ", "  ", "  ", "  "}},
    {U'A', {" ### ", "#   #", "#####", "#   #", "#   #"}},
    {U'À', {" ##  ", "  ## ", " ### ", "#####", "#   #"}},
    {U'C', {" ####", "#    ", "#    ", "#    ", " ####"}},
    {U'D', {"#### ", "#   #", "#   #", "#   #", "#### "}},
    {U'E', {"#####", "#    ", "###  ", "#    ", "#####"}},
    {U'F', {"#####", "#    ", "###  ", "#    ", "#    "}},
    {U'G', {" ####", "#    ", "#  ##", "#   #", " ####"}},
    {U'I', {"###", " # ", " # ", " # ", "###"}},
    {U'N', {"#   #", "##  #", "# # #", "#  ##", "#   #"}},
    {U'O', {" ### ", "#   #", "#   #", "#   #", " ### "}},
    {U'P', {"#### ", "#   #", "#### ", "#    ", "#    "}},
    {U'R', {"#### ", "#   #", "#### ", "#  # ", "#   #"}},
    {U'S', {" ####", "#    ", " ### ", "    #", "#### "}},
    {U'T', {"#####", "  #  ", "  #  ", "  #  ", "  #  "}},
    {U'U', {"#   #", "#   #", "#   #", "#   #", " ### "}},
    {U'V', {"#   #", "#   #", "#   #", " # # ", "  #  "}},
    {U'Y', {"#   #", " # # ", "  #  ", "  #  ", "  #  "}},
    {U'0', {" ### ", "#  ##", "# # #", "##  #", " ### "}},
    {U'1', {" # ", "## ", " # ", " # ", "###"}},
    {U'2', {"#### ", "    #", " ### ", "#    ", "#####"}},
    {U'3', {"#### ", "    #", " ### ", "    #", "#### "}},
    {U'4', {"#   #", "#   #", "#####", "    #", "    #"}},
    {U'5', {"#####", "#    ", "#### ", "    #", "#### "}},
    {U'6', {" ### ", "#    ", "#### ", "#   #", " ### "}},
    {U'7', {"#####", "    #", "   # ", "  #  ", "  #  "}},
    {U'8', {" ### ", "#   #", " ### ", "#   #", " ### "}},
    {U'9', {" ### ", "#   #", " ####", "    #", " ### "}},
    {U'%', {"#  #", "  # ", " #  ", "#   ", "#  #"}},
    {U':', {" ", "#", " ", "#", " "}},
    {U'!', {"#", "#", "#", " ", "#"}},
    {U'▶', {"#   ", "### ", "####", "### ", "#   "}},
    {U'✓', {"     #", "    # ", "#  #  ", " ##   ", "  #   "}},
    {U'✗', {"#   #", " # # ", "  #  ", " # # ", "#   #"}},
};

const Glyph& glyph_of(char32_t letter) {
  const auto* found =
      std::find_if(std::begin(kGlyphs), std::end(kGlyphs), [&](const Glyph& glyph) { return glyph.letter == letter; });
  return found == std::end(kGlyphs) ? kGlyphs[0] : *found;
}

}  // namespace

bool has_big_letters(std::string_view utf8) {
  const std::u32string letters = from_utf8(utf8);
  return std::all_of(letters.begin(), letters.end(), [](char32_t letter) { return glyph_of(letter).letter == letter; });
}

int big_width(std::string_view utf8) {
  int width = 0;
  for (const char32_t letter : from_utf8(utf8)) width += static_cast<int>(glyph_of(letter).rows[0].size()) + 1;
  return width == 0 ? 0 : width - 1;
}

void put_big(Screen& screen, int column, int row, std::string_view utf8, Style style, int scale) {
  for (const char32_t letter : from_utf8(utf8)) {
    const Glyph& glyph = glyph_of(letter);
    for (int y = 0; y < kBigRows; ++y)
      for (std::size_t x = 0; x < glyph.rows[y].size(); ++x)
        if (glyph.rows[y][x] == '#')
          screen.fill(column + scale * static_cast<int>(x), row + scale * y, scale, scale, {kBlock, style});
    column += scale * (static_cast<int>(glyph.rows[0].size()) + 1);
  }
}

}  // namespace relance
