#include "imager/partition/mbr.h"

#include <doctest/doctest.h>

#include "tests/support/memory_drive.h"

namespace relance {
namespace {

constexpr Geometry kGeometry{.block_count = 10000, .logical_bytes = 512, .physical_bytes = 512};

struct Row {
  std::uint8_t type = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint8_t active = 0;
};

void put_table(MemoryDrive& drive, std::uint64_t lba, const std::vector<Row>& rows) {
  const std::span<std::byte> block = std::span(drive.platter).subspan(static_cast<std::size_t>(lba) * 512, 512);
  std::fill(block.begin(), block.end(), std::byte{0});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto entry = block.subspan(446 + 16 * i, 16);
    entry[0] = std::byte{rows[i].active};
    entry[4] = std::byte{rows[i].type};
    store_le<std::uint32_t>(entry.subspan(8), rows[i].first);
    store_le<std::uint32_t>(entry.subspan(12), rows[i].count);
  }
  store_le<std::uint16_t>(block.subspan(510), 0xaa55);
}

MemoryDrive drive_with(const std::vector<Row>& rows) {
  MemoryDrive drive(kGeometry, std::byte{0});
  put_table(drive, 0, rows);
  return drive;
}

std::vector<LayoutPartition> partitions_of(const MbrTable& table) {
  std::vector<LayoutPartition> partitions;
  for (const MbrPartition& each : table.partitions) partitions.push_back(each.partition);
  return partitions;
}

TEST_SUITE("mbr") {
  TEST_CASE("primary partitions are read in the order of the drive") {
    MemoryDrive drive = drive_with({{0x82, 5000, 1000}, {}, {0x83, 2048, 2000, 0x80}});
    store_le<std::uint32_t>(std::span(drive.platter).subspan(440), 0xdeadbeef);

    const MbrTable table = read_mbr(drive).value();

    CHECK(table.disk_id == "0xdeadbeef");
    CHECK_FALSE(table.protects_gpt);
    const std::vector<LayoutPartition> wanted{{3, {2048, 2000}, "0x83", "", "", 1},
                                              {1, {5000, 1000}, "0x82", "", "", 0}};
    CHECK((partitions_of(table) == wanted));
  }

  TEST_CASE("logical partitions are counted from 5 along their chain") {
    MemoryDrive drive = drive_with({{0x83, 63, 500}, {0x05, 1000, 8000}});
    put_table(drive, 1000,
              {{0x83, 63, 900}, {0x05, 1000, 2000}});  // Its second entry counts from the extended partition.
    put_table(drive, 2000, {{0x82, 63, 1000}, {0x05, 4000, 2000}});
    put_table(drive, 5000, {{0x83, 10, 100}});

    const MbrTable table = read_mbr(drive).value();

    const std::vector<LayoutPartition> wanted{{1, {63, 500}, "0x83", "", "", 0},
                                              {5, {1063, 900}, "0x83", "", "", 0},
                                              {6, {2063, 1000}, "0x82", "", "", 0},
                                              {7, {5010, 100}, "0x83", "", "", 0}};
    CHECK((partitions_of(table) == wanted));
  }

  TEST_CASE("a chain that bites its tail, leaves its extended partition or has no end is refused") {
    MemoryDrive biting = drive_with({{0x05, 1000, 8000}});
    put_table(biting, 1000, {{}, {0x05, 0, 100}});
    CHECK_FALSE(read_mbr(biting).ok());

    MemoryDrive leaving = drive_with({{0x05, 1000, 1000}});
    put_table(leaving, 1000, {{0x83, 10, 10}, {0x05, 5000, 100}});
    put_table(leaving, 6000, {{0x83, 10, 10}});
    CHECK_FALSE(read_mbr(leaving).ok());

    MemoryDrive endless = drive_with({{0x05, 1000, 8000}});
    for (std::uint32_t i = 0; i < 100; ++i) put_table(endless, 1000 + 2 * i, {{0x83, 1, 1}, {0x05, 2 * i + 2, 2}});
    CHECK_FALSE(read_mbr(endless).ok());
  }

  TEST_CASE("partitions outside of the drive or over each other are refused") {
    MemoryDrive outside = drive_with({{0x83, 9000, 1001}});
    MemoryDrive wrapping = drive_with({{0x83, 0xffffffff, 0xffffffff}});
    MemoryDrive overlapping = drive_with({{0x83, 1000, 1000}, {0x83, 1999, 1000}});

    CHECK_FALSE(read_mbr(outside).ok());
    CHECK_FALSE(read_mbr(wrapping).ok());
    CHECK_FALSE(read_mbr(overlapping).ok());
  }

  TEST_CASE("a protective MBR says so, whatever it claims to cover") {
    MemoryDrive drive = drive_with({{0xee, 1, 0xffffffff}});

    const MbrTable table = read_mbr(drive).value();

    CHECK(table.protects_gpt);
    CHECK(table.partitions.empty());
  }
}

}  // namespace
}  // namespace relance
