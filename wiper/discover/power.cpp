#include "wiper/discover/power.h"

#include <algorithm>
#include <charconv>

namespace relance {
namespace {

const std::string kSupplies = "sys/class/power_supply";

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number ? std::optional(number) : std::nullopt;
}

// What it says, or what it holds of what it could; some batteries tell only one of the two.
std::optional<unsigned> percent_of(const SysfsTree& tree, const std::string& battery) {
  if (const auto said = number_in(tree.text(battery + "/capacity")); said && *said <= 100)
    return static_cast<unsigned>(*said);
  for (const std::string unit : {"energy", "charge"}) {
    const auto now = number_in(tree.text(battery + "/" + unit + "_now"));
    const auto full = number_in(tree.text(battery + "/" + unit + "_full"));
    if (now && full && *full >= 100) return static_cast<unsigned>(std::min<std::uint64_t>(100, *now / (*full / 100)));
  }
  return std::nullopt;
}

}  // namespace

PowerFacts read_power(const SysfsTree& tree) {
  PowerFacts power;
  bool has_plug = false;
  bool is_plugged = false;
  bool only_fills = true;  // Each battery says that it is being filled, or full.
  for (const std::string& name : tree.names(kSupplies)) {
    const std::string supply = kSupplies + "/" + name;
    const std::string type = tree.text(supply + "/type");
    if (tree.text(supply + "/scope") == "Device") continue;  // A keyboard's, a pen's.
    if (type == "Mains" || type == "USB") {
      has_plug = true;
      is_plugged = is_plugged || number_in(tree.text(supply + "/online")).value_or(0) > 0;
    }
    if (type != "Battery" || tree.text(supply + "/present") == "0") continue;
    power.has_battery = true;
    power.percent = std::max(power.percent, percent_of(tree, supply));
    const std::string status = tree.text(supply + "/status");
    only_fills = only_fills && (status == "Charging" || status == "Full" || status == "Not charging");
  }
  power.is_on_mains = !power.has_battery || is_plugged || (!has_plug && only_fills);
  return power;
}

}  // namespace relance
