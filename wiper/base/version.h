#pragma once
// Which sources this program was built from, as `git describe` names them. Printed by --version, on the first screen and
// in every certificate.

#include <string_view>

namespace relance {

std::string_view version();

}  // namespace relance
