#pragma once
// Drives whose own erase is known to do harm, each with who says so. A new one: a row.

#include <span>
#include <string_view>

#include "wiper/command/erase_command.h"

namespace relance {

struct KnownBad {
  std::string_view model_begins;
  bool in_sanitize = false;
  bool in_format = false;
  std::string_view source;
};
std::span<const KnownBad> known_bad();

// Nothing: no harm is known of that command on that model.
const KnownBad* known_bad_for(std::string_view model, EraseCommand command);

}  // namespace relance
