#pragma once
// What something that was checked is worth.

#include <cstdint>

#include "wiper/base/fields.h"

namespace relance {

enum class Worth : std::uint8_t {
  Good,     // Authentic, and says EFFACE; an image, if there is one, was read back. A ledger: whole.
  Reserve,  // Authentic, and says less than that; or something that should be there is not.
  Refused,  // Nothing it says may be believed.
};
template <>
struct EnumNames<Worth> {
  static constexpr std::array<std::string_view, 3> names{"good", "reserve", "refused"};
};

}  // namespace relance
