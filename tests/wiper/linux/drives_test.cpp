// What is said about loop devices and files that this test makes itself.

#include "wiper/linux/drives.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>

#include "tests/support/loop_device.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/linux/block_device.h"

namespace relance {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

std::string make_file(const TemporaryFolder& folder, std::uint64_t size_bytes, const std::string& name = "disk.img") {
  folder.write(name, {});
  std::filesystem::resize_file(folder.path() / name, size_bytes);
  return folder.path() / name;
}

bool is_used_as(const DriveFacts& drive, UseKind kind) {
  return std::any_of(drive.uses.begin(), drive.uses.end(), [&](const Use& use) { return use.kind == kind; });
}

TEST_SUITE("facts about a file") {
  TEST_CASE("a file is a drive of 512-byte blocks that is called what it is") {
    const TemporaryFolder folder;
    const std::string path = make_file(folder, 3 * kMebibyte, "défi.img");

    const DriveFacts drive = read_drive_facts(path).value();

    CHECK(drive.kind == DriveKind::File);
    CHECK(drive.bus == Bus::File);
    CHECK(drive.geometry.block_count == 6144);
    CHECK(drive.geometry.logical_bytes == 512);
    CHECK(drive.confirm_word == "défi.img");
    CHECK(drive.identity.serial == "défi.img");
    CHECK(drive.uses.empty());
    CHECK(drive.geometry == LinuxBlockReader::open(path).value()->geometry());
  }

  TEST_CASE("a file that another one of us holds is in use") {
    const TemporaryFolder folder;
    const std::string path = make_file(folder, kMebibyte);
    const auto held = LinuxBlockDevice::open(path).value();

    CHECK(is_used_as(read_drive_facts(path).value(), UseKind::Opened));
  }

  TEST_CASE("a file behind a loop device is in use, whatever name it is called by, and cannot be held") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    const std::string path = make_file(folder, kMebibyte);
    REQUIRE(folder.run("ln disk.img other-name.img").exit_code == 0);
    const LoopDevice loop(folder, "disk.img");

    CHECK(is_used_as(read_drive_facts(path).value(), UseKind::Holder));
    CHECK(is_used_as(read_drive_facts(folder.path() / "other-name.img").value(), UseKind::Holder));
    const auto held = LinuxBlockDevice::open(path);
    REQUIRE(!held.ok());
    CHECK(held.error().stop == Stop::DriveHeld);
  }

  TEST_CASE("bad files are refused with their STOP number") {
    const TemporaryFolder folder;
    CHECK(read_drive_facts(folder.path() / "none").error().stop == Stop::NoDrive);
    CHECK(read_drive_facts(folder.path()).error().stop == Stop::NotADrive);
    CHECK(read_drive_facts(make_file(folder, 1000)).error().stop == Stop::OddSize);
    CHECK(read_drive_facts("/dev/zero").error().stop == Stop::NotADrive);
  }
}

TEST_SUITE("facts about a loop device") {
  TEST_CASE("its blocks, its name, the file behind it") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    const std::string path = make_file(folder, 4 * kMebibyte);
    const LoopDevice loop(folder, "disk.img", 4096);

    const DriveFacts drive = read_drive_facts(loop.path()).value();

    CHECK(drive.kind == DriveKind::Loop);
    CHECK(drive.geometry == LinuxBlockReader::open(loop.path()).value()->geometry());
    CHECK(drive.bus_path == "loop:" + path);
    CHECK("/dev/" + drive.confirm_word == loop.path());
    CHECK(drive.uses.empty());
    CHECK(!drive.read_only);
  }

  TEST_CASE("mounted, and with our own folder on it") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    make_file(folder, 4 * kMebibyte);
    REQUIRE(folder.run("mkfs.ext4 -q -L 'Données' disk.img && mkdir 'my mount'").exit_code == 0);
    const LoopDevice loop(folder, "disk.img");
    REQUIRE(folder.run("mount -o ro " + loop.path() + " 'my mount'").exit_code == 0);

    const DriveFacts mounted = read_drive_facts(loop.path()).value();
    const DriveFacts stick = read_drive_facts(loop.path(), stick_place(folder.path() / "my mount")).value();
    const DriveFacts elsewhere = read_drive_facts(loop.path(), stick_place(folder.path())).value();

    REQUIRE(folder.run("umount 'my mount'").exit_code == 0);
    CHECK(mounted.uses == std::vector<Use>{{UseKind::Mounted, loop.path(), folder.path() / "my mount"}});
    CHECK(is_used_as(stick, UseKind::OwnStick));
    CHECK(!is_used_as(elsewhere, UseKind::OwnStick));
    CHECK(mounted.findings == std::vector<Finding>{{"ext4", "Données", 0, 4 * kMebibyte}});
    CHECK(read_drive_facts(loop.path()).value().uses.empty());
  }

  TEST_CASE("it is among the drives that are listed, and no partition or empty device is") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    make_file(folder, kMebibyte);
    const LoopDevice loop(folder, "disk.img");

    const auto drives = list_drives().value();

    CHECK(std::count_if(drives.begin(), drives.end(),
                        [&](const DriveFacts& drive) { return drive.path == loop.path(); }) == 1);
    for (const DriveFacts& drive : drives) {
      CAPTURE(drive.path);
      CHECK(drive.geometry.block_count > 0);
      CHECK(!drive.confirm_word.empty());
    }
  }
}

TEST_SUITE("what is on a drive") {
  TEST_CASE("a partition table with its file systems and their labels, for both sizes of blocks") {
    if (!has_program("sgdisk") || !has_program("mkfs.vfat")) return skip("gdisk or dosfstools is not installed");
    const TemporaryFolder folder;
    const std::string path = make_file(folder, 64 * kMebibyte);
    REQUIRE(folder
                .run("sgdisk -n 1:2048:+16M -n 2:0:+32M disk.img && mkfs.vfat -n EFI --offset 2048 disk.img 16384 && "
                     "mke2fs -q -t ext4 -L racine -E offset=$((17*1048576)) disk.img 32M")
                .exit_code == 0);

    const std::vector<Finding> findings = read_drive_facts(path).value().findings;

    CHECK(findings == std::vector<Finding>{{"gpt", "", 0, 64 * kMebibyte},
                                           {"vfat", "EFI", kMebibyte, 16 * kMebibyte},
                                           {"ext4", "racine", 17 * kMebibyte, 32 * kMebibyte}});
  }

  TEST_CASE("a label that plays tricks is shown without them") {
    const TemporaryFolder folder;
    const std::string path = make_file(folder, 4 * kMebibyte);
    REQUIRE(folder.run("mke2fs -q -t ext4 -L \"$(printf 'a\\033[2Jb\\351')\" disk.img").exit_code == 0);

    const std::vector<Finding> findings = read_drive_facts(path).value().findings;

    REQUIRE(findings.size() == 1);
    CHECK(findings[0].label == "a?[2Jb?");
  }

  TEST_CASE("nothing recognisable is nothing found") {
    const TemporaryFolder folder;
    CHECK(read_drive_facts(make_file(folder, 512)).value().findings.empty());
    CHECK(read_drive_facts(make_file(folder, 4 * kMebibyte)).value().findings.empty());
  }
}

}  // namespace
}  // namespace relance
