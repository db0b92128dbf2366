#pragma once
// Inside this folder only.

#include <string_view>

namespace relance {

// "b64:…" as TERMINFO takes it; "" if the terminal is not compiled in.
std::string_view compiled_terminal(std::string_view term);

}  // namespace relance
