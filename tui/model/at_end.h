#pragma once
// What becomes of the PC once its job is done and saved.

#include "wiper/base/fields.h"

namespace relance {

enum class AtEnd : std::uint8_t { Wait, PowerOff, Reboot };
template <>
struct EnumNames<AtEnd> {
  static constexpr std::array<std::string_view, 3> names{"wait", "poweroff", "reboot"};
};

}  // namespace relance
