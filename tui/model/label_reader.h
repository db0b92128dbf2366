#pragma once
// A machine's number as it comes from a keyboard or a bar code scanner. On an AZERTY keyboard the digit row gives
// "& é \" ' ( - è _ ç à" without Shift, and a scanner that thinks it types on a US keyboard gives the same, with '-' as ')'.
// Every reading is tried; the check digit decides.

#include <string>
#include <string_view>

#include "wiper/base/result.h"

namespace relance {

// "042178", "04217-8", "DEF-04217-8", "àé&è..." → "DEF-04217-8". Bare digits (six of them) get the prefix.
// Stop::WrongNumber: no reading, or two that differ, have a right check digit.
Result<std::string> read_label(std::u32string_view typed, std::string_view prefix);

// What the screen shows while it is typed: digits as digits.
std::string shown_label(std::u32string_view typed);

// The digit that a key means: '4' and '\'' are both 4. 0: not a digit.
char digit_of_key(char32_t letter);

}  // namespace relance
