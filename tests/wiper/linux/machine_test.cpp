// The door to the world, on files and loop devices: the drive of the plan is opened, and nothing else is.

#include "wiper/linux/machine.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/loop_device.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"

namespace relance {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

std::string make_file(const TemporaryFolder& folder, std::uint64_t size_bytes, const std::string& name = "disk.img") {
  folder.write(name, {});
  std::filesystem::resize_file(folder.path() / name, size_bytes);
  return folder.path() / name;
}

Confirmation confirmed(Machine& machine, const std::string& path) {
  const DriveFacts drive = machine.drive(path).value();
  Plan plan = make_plan(drive, Policy{}, PlanRequest{}).value();
  return confirm(std::move(plan), drive, drive.confirm_word).value();
}

std::unique_ptr<LinuxMachine> machine_with(const TemporaryFolder& folder) {
  return LinuxMachine::open(folder.path()).value();
}

TEST_SUITE("this machine") {
  TEST_CASE("the confirmed drive is opened, once, and then it is in use") {
    const TemporaryFolder folder;
    const auto machine = machine_with(folder);
    const std::string path = make_file(folder, kMebibyte);
    const Confirmation confirmation = confirmed(*machine, path);

    const auto device = machine->open_for_writing(confirmation);
    const auto second = machine->open_for_writing(confirmation);

    REQUIRE(device.ok());
    CHECK(device.value()->geometry() == confirmation.plan().drive.geometry);
    REQUIRE(!second.ok());
    CHECK(second.error().stop == Stop::DriveHeld);
    CHECK(machine->open_reader(confirmation.plan().drive).ok());
  }

  TEST_CASE("a drive of another size, or none, is not the drive of the plan") {
    const TemporaryFolder folder;
    const auto machine = machine_with(folder);
    const std::string path = make_file(folder, kMebibyte);
    const Confirmation confirmation = confirmed(*machine, path);

    std::filesystem::resize_file(path, 2 * kMebibyte);
    const auto larger = machine->open_for_writing(confirmation);
    const auto read = machine->open_reader(confirmation.plan().drive);
    std::filesystem::remove(path);
    const auto gone = machine->open_for_writing(confirmation);

    REQUIRE(!larger.ok());
    CHECK(larger.error().stop == Stop::DriveChanged);
    REQUIRE(!read.ok());
    CHECK(read.error().stop == Stop::DriveChanged);
    REQUIRE(!gone.ok());
    CHECK(gone.error().code == Errc::Gone);
  }

  TEST_CASE("a drive that was mounted after the confirmation is refused") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    const auto machine = machine_with(folder);
    make_file(folder, 4 * kMebibyte);
    REQUIRE(folder.run("mkfs.ext4 -q disk.img && mkdir mnt").exit_code == 0);
    const LoopDevice loop(folder, "disk.img");
    const Confirmation confirmation = confirmed(*machine, loop.path());
    REQUIRE(folder.run("mount -o ro " + loop.path() + " mnt").exit_code == 0);

    const auto device = machine->open_for_writing(confirmation);

    REQUIRE(folder.run("umount mnt").exit_code == 0);
    REQUIRE(!device.ok());
    CHECK(device.error().stop == Stop::DriveMounted);
    CHECK(machine->open_for_writing(confirmation).ok());
  }

  TEST_CASE("a loop device that became another one's is not opened") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    const auto machine = machine_with(folder);
    make_file(folder, kMebibyte, "one.img");
    make_file(folder, kMebibyte, "two.img");
    const LoopDevice loop(folder, "one.img");
    const Confirmation confirmation = confirmed(*machine, loop.path());
    const std::string swap = "losetup -d " + loop.path() + " && losetup " + loop.path() + " two.img";
    REQUIRE(folder.run(swap).exit_code == 0);

    const auto device = machine->open_for_writing(confirmation);

    REQUIRE(!device.ok());
    CHECK(device.error().stop == Stop::DriveChanged);
  }

  TEST_CASE("the drive that our folder lies on is our stick") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    make_file(folder, 4 * kMebibyte);
    REQUIRE(folder.run("mkfs.ext4 -q disk.img && mkdir mnt").exit_code == 0);
    const LoopDevice loop(folder, "disk.img");
    REQUIRE(folder.run("mount " + loop.path() + " mnt").exit_code == 0);
    Stop stop = Stop::Internal;
    bool writable = false;
    {
      const auto machine = LinuxMachine::open(folder.path() / "mnt").value();
      const auto plan = make_plan(machine->drive(loop.path()).value(), Policy{}, PlanRequest{});
      if (!plan.ok()) stop = plan.error().stop;
      writable = machine->stick().try_out().ok();
    }
    REQUIRE(folder.run("umount mnt").exit_code == 0);

    CHECK(stop == Stop::OwnStick);
    CHECK(writable);
  }

  TEST_CASE("without a stick everything else works, and the stick says that it is missing") {
    const auto machine = LinuxMachine::open("").value();

    CHECK(machine->drives().ok());
    CHECK(machine->stick().try_out().error().stop == Stop::StickMissing);
    CHECK(LinuxMachine::open("/nowhere/at/all").error().stop == Stop::StickMissing);
  }

  TEST_CASE("it knows its memory and its program") {
    const MachineFacts facts = LinuxMachine::open("").value()->facts();

    CHECK(facts.memory_bytes > 32 * kMebibyte);
    CHECK(!facts.software.empty());
  }
}

}  // namespace
}  // namespace relance
