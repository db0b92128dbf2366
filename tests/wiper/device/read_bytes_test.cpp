#include "wiper/device/read_bytes.h"

#include <doctest/doctest.h>

#include "tests/support/memory_drive.h"

namespace relance {
namespace {

MemoryDrive counting_drive(std::uint32_t block_bytes) {
  MemoryDrive drive({.block_count = (std::uint64_t{3} << 20) / block_bytes,
                     .logical_bytes = block_bytes,
                     .physical_bytes = block_bytes});
  for (std::size_t i = 0; i < drive.platter.size(); ++i) drive.platter[i] = static_cast<std::byte>(i * 7 + i / 512);
  return drive;
}

TEST_SUITE("read bytes") {
  TEST_CASE("any offset and any size give what the drive holds") {
    for (const std::uint32_t block_bytes : {512U, 4096U}) {
      MemoryDrive drive = counting_drive(block_bytes);
      for (const std::size_t offset : {std::size_t{0}, std::size_t{511}, std::size_t{4096}, std::size_t{70001}}) {
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{512}, std::size_t{2'000'003}}) {
          const Bytes wanted(drive.platter.begin() + static_cast<std::ptrdiff_t>(offset),
                             drive.platter.begin() + static_cast<std::ptrdiff_t>(offset + size));

          const Result<Bytes> actual = read_bytes(drive, offset, size);

          REQUIRE(actual.ok());
          CHECK((actual.value() == wanted));
        }
      }
    }
  }

  TEST_CASE("bytes behind the end are refused") {
    MemoryDrive drive = counting_drive(512);

    const Result<Bytes> actual = read_bytes(drive, drive.platter.size() - 3, 4);

    REQUIRE_FALSE(actual.ok());
    CHECK(actual.error().code == Errc::Invalid);
  }

  TEST_CASE("a block that cannot be read is an error") {
    MemoryDrive drive = counting_drive(512);
    drive.unreadable.add({4, 1});

    CHECK_FALSE(read_bytes(drive, 2047, 2).ok());
    CHECK(read_bytes(drive, 2047, 1).ok());
  }
}

}  // namespace
}  // namespace relance
