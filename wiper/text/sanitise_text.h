#pragma once
// Words from a drive, a bridge or a donor's file system are hostile: escape codes, text that runs backwards, megabytes,
// broken UTF-8. This is the one door through which they come in.

#include <cstddef>
#include <string>
#include <string_view>

namespace relance {

inline constexpr std::size_t kForeignTextLimit = 96;  // Bytes. The longest honest one is an NTFS label: 32 letters.

// Valid, printable UTF-8: « Société Générale » stays whole. Whatever is not a
// printable character becomes '?'; blanks at the ends go, several in a row become one; cut between characters.
std::string sanitise_text(std::string_view raw, std::size_t limit = kForeignTextLimit);

}  // namespace relance
