#pragma once
// The number on a machine's label: "DEF-04217-8". The last digit is a GS1 check digit over the digits before it
// (mod 10, weights 3, 1 from the right): 04217 → 8.

#include <string>
#include <string_view>

#include "wiper/base/result.h"

namespace relance {

// '0'…'9'. `digits` holds digits only.
char check_digit(std::string_view digits);

// Letters and digits before the last '-', one check digit behind it. Refused with Stop::WrongNumber otherwise.
Result<std::string> parse_machine_number(std::string_view text);

// The digits without the check digit: "DEF-04217-8" → "04217".
std::string number_digits(std::string_view number);

}  // namespace relance
