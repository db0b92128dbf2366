#pragma once
// UTF-8 to code points and back.

#include <string>
#include <string_view>

namespace relance {

// A byte that belongs to no well-formed code point becomes U+FFFD, and the next byte is looked at afresh.
std::u32string from_utf8(std::string_view text);
std::string to_utf8(std::u32string_view letters);

}  // namespace relance
