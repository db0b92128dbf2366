#pragma once
// Block letters, five rows high: a state that is read from the other end of the workshop.

#include "tui/view/screen.h"

namespace relance {

inline constexpr int kBigRows = 5;

bool has_big_letters(std::string_view utf8);
int big_width(std::string_view utf8);
// Letters that the table lacks are left blank.
void put_big(Screen& screen, int column, int row, std::string_view utf8, Style style);

}  // namespace relance
