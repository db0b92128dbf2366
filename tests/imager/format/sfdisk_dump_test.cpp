#include "imager/format/sfdisk_dump.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

Stop stop_of(std::string_view text) {
  const Result<DumpedTable> table = parse_sfdisk_dump(text);
  return table.ok() ? Stop::Unspecified : table.error().stop;
}

TEST_SUITE("sfdisk dump") {
  TEST_CASE("a GPT as sfdisk prints it") {
    const DumpedTable table = parse_sfdisk_dump(R"(label: gpt
label-id: 0D5A7A7E-6DC5-4D3B-A4C5-AABBCCDDEEFF
device: /dev/nvme0n1
unit: sectors
first-lba: 34
last-lba: 204766
sector-size: 512

/dev/nvme0n1p1 : start=        2048, size=        2048, type=21686148-6449-6E6F-744E-656564454649, uuid=99D8F4A5-0000-0000-0000-000000000001
/dev/nvme0n1p3 : start=       86016, size=      118751, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, uuid=99D8F4A5-0000-0000-0000-000000000003, name="a, \x22b\x22 é"
/dev/nvme0n1p2 : start=        4096, size=       81920, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, uuid=99D8F4A5-0000-0000-0000-000000000002, name="EFI", attrs="RequiredPartition LegacyBIOSBootable GUID:48,63"
)")
                                  .value();

    CHECK(table.kind == TableKind::Gpt);
    CHECK(table.disk_id == "0d5a7a7e-6dc5-4d3b-a4c5-aabbccddeeff");
    CHECK(table.last_lba == 204766);
    REQUIRE(table.partitions.size() == 3);
    CHECK(table.partitions[0] == DumpedPartition{"nvme0n1p1", 1, {2048, 2048}, std::string(kTypeBiosBoot), "", 0});
    CHECK(table.partitions[1] == DumpedPartition{"nvme0n1p2",
                                                 2,
                                                 {4096, 81920},
                                                 std::string(kTypeEsp),
                                                 "EFI",
                                                 5 | std::uint64_t{1} << 48 | std::uint64_t{1} << 63});
    CHECK(table.partitions[2] ==
          DumpedPartition{"nvme0n1p3", 3, {86016, 118751}, std::string(kTypeLinux), "a, \"b\" é", 0});
  }

  TEST_CASE("an MBR as new and old sfdisks print it; the box of logical partitions is left out") {
    const DumpedTable now = parse_sfdisk_dump(
                                "label: dos\nlabel-id: 0xD8EB8B7D\nunit: sectors\nsector-size: 512\n\n"
                                "/dev/sda1 : start=        2048, size=       81920, type=83, bootable\n"
                                "/dev/sda2 : start=       83966, size=       40962, type=5\n"
                                "/dev/sda5 : start=       83968, size=       40960, type=82\n")
                                .value();
    const DumpedTable old = parse_sfdisk_dump(
                                "# partition table of /dev/sda\nunit: sectors\n\n"
                                "/dev/sda1 : start=     2048, size=    81920, Id=83, bootable\n"
                                "/dev/sda2 : start=    83966, size=    40962, Id= 5\n"
                                "/dev/sda3 : start=        0, size=        0, Id= 0\n"
                                "/dev/sda5 : start=    83968, size=    40960, Id=82\n")
                                .value();

    CHECK(now.disk_id == "0xd8eb8b7d");
    CHECK(now.partitions == std::vector<DumpedPartition>{{"sda1", 1, {2048, 81920}, "0x83", "", 1},
                                                         {"sda5", 5, {83968, 40960}, "0x82", "", 0}});
    CHECK(old.partitions == now.partitions);
  }

  TEST_CASE("nonsense is refused") {
    const std::string head = "label: dos\n\n";
    CHECK(stop_of("") == Stop::ImageHostile);
    CHECK(stop_of("label: sun\n") == Stop::ImageHostile);
    CHECK(stop_of("hello\n") == Stop::ImageHostile);
    CHECK(stop_of(head + "/dev/sda : start=1, size=1, type=83\n") == Stop::ImageHostile);
    CHECK(stop_of(head + "/dev/sda0 : start=1, size=1, type=83\n") == Stop::ImageHostile);
    CHECK(stop_of(head + "/dev/sda129 : start=1, size=1, type=83\n") == Stop::ImageHostile);
    CHECK(stop_of(head + "/dev/sda1 : start=x, size=1, type=83\n") == Stop::ImageHostile);
    CHECK(stop_of(head + "/dev/sda1 : start=18446744073709551615, size=2, type=83\n") == Stop::ImageHostile);
    CHECK(stop_of("label: dos\nsector-size: 520\n") == Stop::ImageHostile);
    CHECK(stop_of("label: dos\nunit: cylinders\n") == Stop::ImageHostile);
  }
}

}  // namespace
}  // namespace relance
