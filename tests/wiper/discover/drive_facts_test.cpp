#include "wiper/discover/drive_facts.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

DriveFacts disk(std::string serial, std::string bus_path) {
  DriveFacts drive;
  drive.identity = {
      .model = "ST500", .serial = std::move(serial), .serial_source = SerialSource::Drive, .wwn = "", .firmware = ""};
  drive.geometry.block_count = 1000;
  drive.bus = Bus::Ata;
  drive.bus_path = std::move(bus_path);
  return drive;
}

TEST_SUITE("drive facts") {
  TEST_CASE("the confirm word is the serial, or place and size where the serial does not tell drives apart") {
    std::vector<DriveFacts> drives{disk("A1", "ata-1"), disk("B2", "ata-2"), disk("B2", "ata-3"), disk("", "ata-4")};
    DriveFacts file = disk("", "/tmp/x/disk.img");
    file.kind = DriveKind::File;
    file.path = "/tmp/x/disk.img";
    drives.push_back(file);

    give_confirm_words(drives);

    CHECK(drives[0].confirm_word == "A1");
    CHECK(drives[1].confirm_word == "ata-2:512000");
    CHECK(drives[2].confirm_word == "ata-3:512000");
    CHECK(drives[3].confirm_word == "ata-4:512000");
    CHECK(drives[4].confirm_word == "disk.img");
  }

  TEST_CASE("a drive that moved to another port is the same drive, one without a serial is not") {
    CHECK(is_same_drive(disk("A1", "ata-1"), disk("A1", "ata-2")));
    CHECK(!is_same_drive(disk("A1", "ata-1"), disk("A2", "ata-1")));
    CHECK(!is_same_drive(disk("", "ata-1"), disk("", "ata-2")));
  }

  TEST_CASE("external is the bus, and soldered MMC is internal") {
    CHECK(is_external(Bus::Usb));
    CHECK(is_external(Bus::SdCard));
    CHECK(!is_external(Bus::Mmc));
  }

  TEST_CASE("facts survive JSON") {
    DriveFacts drive = disk("É1", "ata-1");
    drive.uses = {{UseKind::Mounted, "/dev/sda1", "/mnt"}};
    drive.findings = {{"ntfs", "Données", 1048576, 4096}};
    CHECK(from_value<DriveFacts>(parse_json(to_json(to_value(drive))).value()).value() == drive);
  }
}

}  // namespace
}  // namespace relance
