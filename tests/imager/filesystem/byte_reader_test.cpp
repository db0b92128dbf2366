#include "imager/filesystem/byte_reader.h"

#include <doctest/doctest.h>

#include "tests/support/memory_drive.h"

namespace relance {
namespace {

MemoryDrive counted_drive(std::uint32_t block_bytes) {
  MemoryDrive drive(
      {.block_count = (3U << 20) / block_bytes, .logical_bytes = block_bytes, .physical_bytes = block_bytes});
  for (std::size_t i = 0; i < drive.platter.size(); ++i)
    drive.platter[i] = static_cast<std::byte>(i * 2654435761U >> 24);
  return drive;
}

Bytes slice(const Bytes& bytes, std::uint64_t from, std::uint64_t size) {
  const auto first = bytes.begin() + static_cast<std::ptrdiff_t>(from);
  return {first, first + static_cast<std::ptrdiff_t>(size)};
}

TEST_SUITE("byte reader") {
  TEST_CASE("a partition gives any bytes of it, at any offset, whatever the drive's blocks") {
    for (const std::uint32_t block_bytes : {512U, 4096U}) {
      MemoryDrive drive = counted_drive(block_bytes);
      PartitionBytes partition(drive, {3, drive.geometry().block_count - 4});
      for (const auto& [offset, size] :
           {std::pair{0U, 1U}, {0U, 4096U}, {5U, 10U}, {511U, 2U}, {4095U, 8195U}, {700U, 2'600'000U}}) {
        CAPTURE(offset);
        Bytes bytes(size);

        REQUIRE(partition.read(offset, bytes).ok());

        CHECK(bytes == slice(drive.platter, 3ULL * block_bytes + offset, size));
      }
    }
  }

  TEST_CASE("bytes outside of the partition are refused, also where the sum wraps") {
    MemoryDrive drive = counted_drive(512);
    PartitionBytes partition(drive, {2, 10});
    Bytes bytes(16);

    CHECK(partition.read(partition.size_bytes() - 16, bytes).ok());
    CHECK(partition.read(partition.size_bytes() - 15, bytes).error().code == Errc::Invalid);
    CHECK(partition.read(~std::uint64_t{0} - 3, bytes).error().code == Errc::Invalid);
  }

  TEST_CASE("what is written lies over what is below, which stays as it was") {
    MemoryDrive drive = counted_drive(512);
    PartitionBytes partition(drive, {0, 41});  // No whole number of pieces.
    const Bytes before = drive.platter;
    CopyOnWrite copy(partition);
    const Bytes news(5000, std::byte{0x5A});

    REQUIRE(copy.write(4000, news).ok());
    REQUIRE(copy.write(41 * 512 - 3, std::span(news).first(3)).ok());

    Bytes wanted = slice(before, 0, 41 * 512);
    std::copy(news.begin(), news.end(), wanted.begin() + 4000);
    std::fill(wanted.end() - 3, wanted.end(), std::byte{0x5A});
    Bytes all(41 * 512);
    REQUIRE(copy.read(0, all).ok());
    CHECK(all == wanted);
    CHECK(drive.platter == before);
    CHECK(copy.pieces().size() == 4);
    CHECK(copy.pieces().rbegin()->second.size() == 512);
    CHECK(copy.write(41 * 512 - 2, std::span(news).first(3)).error().code == Errc::Invalid);
  }
}

}  // namespace
}  // namespace relance
