#pragma once
// Whether this PC lives on a battery now. Some commands leave a drive locked or half erased when the power goes in the
// middle: on a laptop they start only on mains.

#include <optional>

#include "wiper/base/fields.h"
#include "wiper/discover/sysfs_tree.h"

namespace relance {

struct PowerFacts {
  bool has_battery = false;         // Of its own; a mouse's does not count.
  bool is_on_mains = true;          // Where nobody knows, a PC with a battery is not.
  std::optional<unsigned> percent;  // Of the fullest battery: they are emptied one after the other.

  static constexpr auto fields() {
    return std::tuple{field("has_battery", &PowerFacts::has_battery), field("is_on_mains", &PowerFacts::is_on_mains),
                      field("percent", &PowerFacts::percent)};
  }
  bool operator==(const PowerFacts&) const = default;
};

// From sys/class/power_supply. A PC without that folder has no battery.
PowerFacts read_power(const SysfsTree& tree);

// Below it a long write stops, to be resumed: what is left saves the journal and shows the screen for a while.
inline constexpr unsigned kLowBattery_percent = 10;
constexpr bool is_nearly_empty(const PowerFacts& power) {
  return power.has_battery && !power.is_on_mains && power.percent && *power.percent <= kLowBattery_percent;
}

}  // namespace relance
