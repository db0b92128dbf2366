#pragma once
// Names on the stick that are made from words of others (serials, numbers) must stay names.

#include <string>
#include <string_view>

namespace relance {

// "Relance" and the stick's identity: who finds it knows which stick this is. Image-building writes it.
inline constexpr const char* kMarkerFile = "RELANCE.ID";

// Letters, digits and '-' stay, everything else becomes '-'; at most 64 characters; "INCONNU" if nothing is left.
std::string file_name_part(std::string_view text);
// "registre-07.txt" of "REGISTRE/registre-07.txt".
std::string_view last_part(std::string_view path);
// Relative, no empty, "." or ".." part, no backslash or control character.
bool stays_inside(std::string_view path);

}  // namespace relance
