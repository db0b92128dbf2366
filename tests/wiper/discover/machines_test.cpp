// Every recorded machine: what relance says about its drives, compared whole with expected.json beside it.
// RELANCE_REWRITE_GOLDEN=1 rewrites them; the difference is read in review.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "wiper/discover/block_facts.h"

namespace relance {
namespace {

const std::string kMachines = "tests/machines/";

std::string read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<DriveFacts> drives_of(const std::string& machine, std::optional<StickPlace> stick) {
  const SysfsTree tree(kMachines + machine);
  const UseTables tables(tree, std::move(stick));
  std::vector<DriveFacts> drives;
  for (const std::string& name : drive_names(tree)) drives.push_back(block_facts(tree, tables, name).value());
  give_confirm_words(drives);
  return drives;
}

void check_machine(const std::string& machine, std::optional<StickPlace> stick = std::nullopt) {
  const std::string actual = to_json_pretty(to_value(drives_of(machine, std::move(stick))));
  const std::string path = kMachines + machine + "/expected.json";
  if (std::getenv("RELANCE_REWRITE_GOLDEN") != nullptr) std::ofstream(path, std::ios::binary) << actual;
  CHECK(actual == read_text(path));
}

DriveFacts find(const std::vector<DriveFacts>& drives, const std::string& path) {
  for (const DriveFacts& drive : drives)
    if (drive.path == path) return drive;
  FAIL(path << " is not listed");
  return {};
}

TEST_SUITE("recorded machines") {
  TEST_CASE("a laptop of 2013 that was started from our stick") {
    check_machine("ata-laptop", StickPlace{{8, 17}, "/run/relance/stick"});
  }
  TEST_CASE("a laptop with NVMe, eMMC and Thunderbolt that runs from its own encrypted disk") {
    check_machine("nvme-laptop");
  }
  TEST_CASE("a bench PC with bridges that lie, RAID, a 4Kn disk, one of 520-byte blocks, FireWire") {
    check_machine("bench-docks");
  }
  TEST_CASE("a virtual machine with loop devices, our folder on its root") {
    check_machine("virtio-guest", StickPlace{{254, 2}, "/srv/stick"});
  }

  TEST_CASE("external is what hangs outside, though no kernel flag says so") {
    const auto docks = drives_of("bench-docks", std::nullopt);
    const auto laptop = drives_of("nvme-laptop", std::nullopt);
    const auto old = drives_of("ata-laptop", std::nullopt);

    CHECK(find(docks, "/dev/sdb").bus == Bus::Usb);
    CHECK(find(docks, "/dev/sdh").bus == Bus::Firewire);
    CHECK(find(laptop, "/dev/nvme1n1").bus == Bus::Thunderbolt);
    CHECK(find(old, "/dev/mmcblk0").bus == Bus::SdCard);
    CHECK(find(laptop, "/dev/nvme0n1").bus == Bus::Nvme);
    CHECK(find(laptop, "/dev/mmcblk0").bus == Bus::Mmc);
    CHECK(find(docks, "/dev/sdg").bus == Bus::Scsi);
  }

  TEST_CASE("two docks with one serial are told apart by where they are plugged") {
    const auto docks = drives_of("bench-docks", std::nullopt);

    CHECK(find(docks, "/dev/sdb").identity.serial == find(docks, "/dev/sdc").identity.serial);
    CHECK(find(docks, "/dev/sdb").confirm_word != find(docks, "/dev/sdc").confirm_word);
    CHECK(find(docks, "/dev/sdb").identity.serial_source == SerialSource::Bridge);
  }

  TEST_CASE("the stick is found on its drive, and only there") {
    for (const DriveFacts& drive : drives_of("ata-laptop", StickPlace{{8, 17}, "/run/relance/stick"})) {
      CAPTURE(drive.path);
      bool is_stick = false;
      for (const Use& use : drive.uses) is_stick = is_stick || use.kind == UseKind::OwnStick;
      CHECK(is_stick == (drive.path == "/dev/sdb"));
    }
  }

  TEST_CASE("what is no drive is refused by name") {
    const SysfsTree tree(kMachines + "nvme-laptop");
    const UseTables tables(tree, std::nullopt);

    CHECK(block_facts(tree, tables, "nvme0n1p1").error().stop == Stop::NotADrive);
    CHECK(block_facts(tree, tables, "dm-0").error().stop == Stop::NotADrive);
    CHECK(block_facts(tree, tables, "zram0").error().stop == Stop::NotADrive);
    CHECK(block_facts(tree, tables, "mmcblk0boot0").error().stop == Stop::NotADrive);
    CHECK(block_facts(tree, tables, "sdz").error().stop == Stop::NoDrive);
  }

  TEST_CASE("a tree with nothing in it has no drives") {
    const SysfsTree tree(kMachines + "nowhere");
    CHECK(drive_names(tree).empty());
  }
}

}  // namespace
}  // namespace relance
