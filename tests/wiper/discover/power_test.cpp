#include "wiper/discover/power.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/support/shell.h"

namespace relance {
namespace {

struct Supply {
  std::string name;
  std::map<std::string, std::string> attributes;
};

PowerFacts power_of(const std::vector<Supply>& supplies) {
  const TemporaryFolder folder;
  for (const Supply& supply : supplies) {
    const std::filesystem::path path = folder.path() / "sys/class/power_supply" / supply.name;
    std::filesystem::create_directories(path);
    for (const auto& [name, text] : supply.attributes) std::ofstream(path / name) << text << "\n";
  }
  return read_power(SysfsTree(folder.path().string()));
}

const Supply kPlugged{"AC", {{"type", "Mains"}, {"online", "1"}}};
const Supply kUnplugged{"AC", {{"type", "Mains"}, {"online", "0"}}};
Supply battery(const std::string& status, const std::string& capacity) {
  return {"BAT" + capacity, {{"type", "Battery"}, {"present", "1"}, {"status", status}, {"capacity", capacity}}};
}

TEST_SUITE("power") {
  TEST_CASE("a PC without a battery lives on mains, whatever else has one") {
    CHECK(power_of({}) == PowerFacts{});
    CHECK(power_of({kUnplugged}) == PowerFacts{});
    CHECK(power_of({{"mouse", {{"type", "Battery"}, {"scope", "Device"}, {"capacity", "40"}}}}) == PowerFacts{});
    CHECK(power_of({{"BAT1", {{"type", "Battery"}, {"present", "0"}}}}) == PowerFacts{});
  }

  TEST_CASE("a laptop is on mains while a plug says so") {
    CHECK(power_of({kPlugged, battery("Charging", "55")}) == PowerFacts{true, true, 55U});
    CHECK(power_of({kUnplugged, battery("Discharging", "55")}) == PowerFacts{true, false, 55U});
    const Supply by_usb{"ucsi", {{"type", "USB"}, {"online", "1"}}};
    CHECK(power_of({kUnplugged, by_usb, battery("Charging", "55")}) == PowerFacts{true, true, 55U});
  }

  TEST_CASE("without a plug that tells, the batteries do; one that does not know is not on mains") {
    CHECK(power_of({battery("Full", "100")}) == PowerFacts{true, true, 100U});
    CHECK(power_of({battery("Unknown", "90")}) == PowerFacts{true, false, 90U});
    CHECK(power_of({battery("Full", "100"), battery("Discharging", "30")}) == PowerFacts{true, false, 100U});
    CHECK(power_of({{"BAT0", {{"type", "Battery"}}}}) == PowerFacts{true, false, std::nullopt});
  }

  TEST_CASE("a battery that tells energy or charge only; nonsense is no number") {
    const auto with = [](const std::map<std::string, std::string>& more) {
      Supply supply{"BAT0", {{"type", "Battery"}, {"status", "Discharging"}}};
      supply.attributes.insert(more.begin(), more.end());
      return power_of({supply}).percent;
    };
    CHECK(with({{"energy_now", "4000000"}, {"energy_full", "50000000"}}) == 8U);
    CHECK(with({{"charge_now", "5100000"}, {"charge_full", "5000000"}}) == 100U);
    CHECK(!with({{"charge_now", "5"}, {"charge_full", "0"}}));
    CHECK(!with({{"capacity", "full"}}));
    CHECK(!with({{"capacity", "255"}}));
  }

  TEST_CASE("nearly empty is a battery at a tenth or less, and no plug") {
    CHECK(is_nearly_empty({true, false, 10U}));
    CHECK(!is_nearly_empty({true, false, 11U}));
    CHECK(!is_nearly_empty({true, true, 5U}));
    CHECK(!is_nearly_empty({true, false, std::nullopt}));
    CHECK(!is_nearly_empty({}));
  }
}

}  // namespace
}  // namespace relance
