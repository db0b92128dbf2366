#pragma once
// Block letters, five rows high or a multiple of it: a state that is read from the other end of the workshop.

#include "tui/view/screen.h"

namespace relance {

inline constexpr int kBigRows = 5;

bool has_big_letters(std::string_view utf8);
int big_width(std::string_view utf8);  // At scale 1.
// Each dot is `scale` cells wide and high. Letters that the table lacks are left blank.
void put_big(Screen& screen, int column, int row, std::string_view utf8, Style style, int scale = 1);

}  // namespace relance
