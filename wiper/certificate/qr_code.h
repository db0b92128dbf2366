#pragma once
// Text, then a long number, as a QR code: digits take a third of a byte less than half of one.

#include <string>
#include <string_view>
#include <vector>

#include "wiper/base/result.h"

namespace relance {

// Rows of '#' and ' ', without a margin (which must be four squares wide). Invalid: more than a code of level M holds.
Result<std::vector<std::string>> qr_code(std::string_view text, std::string_view digits);

}  // namespace relance
