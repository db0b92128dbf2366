#pragma once
// The files verif.html and guide.txt of this folder, as the build puts them into the program.

#include <string_view>

namespace relance {

extern const std::string_view kVerifPage;
extern const std::string_view kAuditorGuide;

}  // namespace relance
