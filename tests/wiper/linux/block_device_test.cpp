#include "wiper/linux/block_device.h"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/support/loop_device.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/device/block_buffer.h"

namespace relance {
namespace {

constexpr std::uint64_t kMebibyte = std::uint64_t{1} << 20;

std::string make_file(const TemporaryFolder& folder, std::uint64_t size_bytes, const std::string& name = "disk.img") {
  folder.write(name, {});
  std::filesystem::resize_file(folder.path() / name, size_bytes);
  return folder.path() / name;
}

Stop refusal_of(const std::string& path) {
  const auto device = LinuxBlockDevice::open(path);
  REQUIRE(!device.ok());
  return device.error().stop;
}

TEST_SUITE("opening a drive") {
  TEST_CASE("what is no drive is refused by name, before it is opened") {
    const TemporaryFolder folder;
    REQUIRE(folder.run("mkfifo pipe && : > empty && ln -s nowhere dangling").exit_code == 0);

    CHECK(refusal_of(folder.path() / "missing") == Stop::NoDrive);
    CHECK(refusal_of(folder.path() / "dangling") == Stop::NoDrive);
    CHECK(refusal_of(folder.path() / "pipe") == Stop::NotADrive);
    CHECK(refusal_of(folder.path() / "empty") == Stop::NotADrive);
    CHECK(refusal_of(folder.path()) == Stop::NotADrive);
    CHECK(refusal_of("/dev/null") == Stop::NotADrive);
    CHECK(refusal_of("") == Stop::NoDrive);
  }

  TEST_CASE("a file that ends in a piece of a block is refused") {
    const TemporaryFolder folder;
    CHECK(refusal_of(make_file(folder, kMebibyte + 100)) == Stop::OddSize);
    CHECK(LinuxBlockDevice::open(make_file(folder, kMebibyte + 512)).ok());
  }

  TEST_CASE("a file is never made") {
    const TemporaryFolder folder;
    CHECK(refusal_of(folder.path() / "new.img") == Stop::NoDrive);
    CHECK(!std::filesystem::exists(folder.path() / "new.img"));
  }

  TEST_CASE("a loop device is held alone: mounted, held or read-only ones are refused") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    make_file(folder, 4 * kMebibyte);
    REQUIRE(folder.run("mkfs.ext4 -q disk.img && mkdir mnt").exit_code == 0);

    SUBCASE("mounted") {
      const LoopDevice loop(folder, "disk.img");
      REQUIRE(folder.run("mount -o ro " + loop.path() + " mnt").exit_code == 0);
      const Stop stop = refusal_of(loop.path());
      const bool readable = LinuxBlockReader::open(loop.path()).ok();
      REQUIRE(folder.run("umount mnt").exit_code == 0);
      CHECK(stop == Stop::DriveHeld);
      CHECK(readable);
      CHECK(LinuxBlockDevice::open(loop.path()).ok());
    }
    SUBCASE("read-only") {
      const LoopDevice loop(folder, "disk.img", 512, "--read-only");
      CHECK(refusal_of(loop.path()) == Stop::DriveReadOnly);
      CHECK(LinuxBlockReader::open(loop.path()).ok());
    }
    SUBCASE("a size that is no whole number of its blocks") {
      make_file(folder, 4 * kMebibyte + 512);
      const LoopDevice loop(folder, "disk.img", 4096);
      CHECK(refusal_of(loop.path()) == Stop::OddSize);
    }
  }

  TEST_CASE("a drive that vanishes under us is gone, for reading, writing and the rest of the job") {
    if (const std::string why = no_loop_devices(); !why.empty()) return skip(why);
    const TemporaryFolder folder;
    const std::string path = make_file(folder, 4 * kMebibyte);
    const LoopDevice loop(folder, "disk.img");
    const auto device = LinuxBlockDevice::open(loop.path()).value();
    BlockBuffer buffer(4096);
    // As a pulled drive: the node stays open, its size becomes 0.
    REQUIRE(folder.run("truncate -s 0 disk.img && losetup --set-capacity " + loop.path()).exit_code == 0);

    const Result<void> read = device->read({4096, 8}, buffer.bytes());
    const Result<void> written = device->write({4096, 8}, buffer.bytes());

    REQUIRE(!read.ok());
    REQUIRE(!written.ok());
    CHECK(read.error().code == Errc::Gone);
    CHECK(written.error().code == Errc::Gone);
    CHECK(written.error().stop == Stop::DriveGone);
  }

  TEST_CASE("a file that somebody shortens is gone") {
    const TemporaryFolder folder;
    const std::string path = make_file(folder, kMebibyte);
    const auto device = LinuxBlockDevice::open(path).value();
    BlockBuffer buffer(4096);
    std::filesystem::resize_file(path, 4096);

    const Result<void> read = device->read({1024, 8}, buffer.bytes());

    REQUIRE(!read.ok());
    CHECK(read.error().code == Errc::Gone);
  }

  TEST_CASE("blocks beyond 4 GiB are the right ones") {
    const TemporaryFolder folder;
    const auto device = LinuxBlockDevice::open(make_file(folder, std::uint64_t{6} << 30)).value();
    BlockBuffer written(4096);
    BlockBuffer actual(4096);
    written.bytes()[17] = std::byte{0x42};
    const std::uint64_t lba = (std::uint64_t{5} << 30) / 512;

    REQUIRE(device->write({lba, 8}, written.bytes()).ok());

    REQUIRE(device->read({lba, 8}, actual.bytes()).ok());
    CHECK(actual.bytes()[17] == std::byte{0x42});
    REQUIRE(device->read({lba - (std::uint64_t{4} << 30) / 512, 8}, actual.bytes()).ok());
    CHECK(actual.bytes()[17] == std::byte{0});
  }
}

}  // namespace
}  // namespace relance
