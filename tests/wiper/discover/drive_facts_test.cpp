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

  TEST_CASE("hidden blocks: none where there is no way to hide any, a number where it is known, else nothing") {
    DriveFacts drive = disk("A1", "ata-1");
    CHECK(!hidden_blocks(drive));  // An ATA disk that nobody asked.
    drive.hidden_areas = HiddenAreas{};
    CHECK(!hidden_blocks(drive));  // It did not answer.
    drive.hidden_areas = HiddenAreas{1000, {SizeAnswer::NoSuchCommand, 0}, {SizeAnswer::NoSuchCommand, 0}};
    CHECK(hidden_blocks(drive) == 0U);
    drive.hidden_areas = HiddenAreas{1000, {SizeAnswer::Known, 1000}, {SizeAnswer::Denied, 0}};
    CHECK(!hidden_blocks(drive));
    drive.hidden_areas = HiddenAreas{1000, {SizeAnswer::Known, 1200}, {SizeAnswer::Known, 1201}};
    CHECK(hidden_blocks(drive) == 201U);
    drive.geometry.block_count = 900;  // The drive gives more than the kernel reaches.
    drive.hidden_areas = HiddenAreas{1000, {SizeAnswer::Known, 1000}, {SizeAnswer::NoSuchCommand, 0}};
    CHECK(hidden_blocks(drive) == 100U);
  }

  TEST_CASE("only ATA disks hide blocks; what plays a drive has no bus to be believed") {
    DriveFacts drive = disk("A1", "ata-1");
    drive.bus = Bus::Nvme;
    drive.erases = DriveErases{.has_other_namespaces = true};
    CHECK(!hidden_blocks(drive));
    drive.erases = DriveErases{};
    for (const Bus bus : {Bus::Nvme, Bus::Virtio, Bus::Mmc, Bus::Usb, Bus::Scsi}) {
      drive.bus = bus;
      CHECK(hidden_blocks(drive) == 0U);
    }
    drive.hidden_areas = HiddenAreas{};  // A SATA disk on a SAS controller.
    CHECK(!hidden_blocks(drive));
    drive = disk("A1", "ata-1");
    for (const DriveKind kind : {DriveKind::File, DriveKind::Loop, DriveKind::Simulated}) {
      drive.kind = kind;
      CHECK(hidden_blocks(drive) == 0U);
    }
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
