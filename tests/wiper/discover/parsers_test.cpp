// The pure readers of what the kernel's files say.

#include <doctest/doctest.h>

#include "wiper/base/bytes.h"
#include "wiper/discover/drive_bus.h"
#include "wiper/discover/inquiry_pages.h"
#include "wiper/discover/proc_tables.h"

namespace relance {
namespace {

TEST_SUITE("tables in proc") {
  TEST_CASE("a mount's number, place and source, with their blanks") {
    const auto mounts = parse_mountinfo(
        "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 propagate_from:2 - ext3 /dev/my\\011root rw,errors=continue\n"
        "37 35 0:45 / /x rw - btrfs /dev/sda1 rw\n");

    CHECK(mounts == std::vector<Mount>{{36, {98, 0}, "/mnt 2", "ext3", "/dev/my\troot"},
                                       {37, {0, 45}, "/x", "btrfs", "/dev/sda1"}});
  }

  TEST_CASE("a line that makes no sense hides no other") {
    const auto mounts = parse_mountinfo(
        "nonsense\n1 2 3 4 5 6 7 8 9 10\n36 35 x:0 / / rw - ext3 a b\n36 35 8:1 / /ok rw - ext3 /dev/sda1 rw");

    REQUIRE(mounts.size() == 1);
    CHECK(mounts[0].mount_point == "/ok");
    CHECK(parse_mountinfo("36 35 8:1 / /torn rw - ext3").empty());
    CHECK(parse_mountinfo("36 35 8:1 / /end\\04 rw - ext3 a b")[0].mount_point == "/end\\04");
  }

  TEST_CASE("swap on devices and in files") {
    CHECK(parse_swaps("Filename Type Size Used Priority\n/dev/sda3 partition 1 0 -2\n/a\\040b file 1 0 -3\ntorn") ==
          std::vector<SwapArea>{{"/dev/sda3", false}, {"/a b", true}});
  }

  TEST_CASE("device numbers are whole or nothing") {
    CHECK(parse_device_number("8:17") == DeviceNumber{8, 17});
    for (const char* text : {"", "8", "8:", ":1", "8:1:2", "4294967296:0"}) CHECK(!parse_device_number(text));
  }
}

TEST_SUITE("inquiry pages") {
  TEST_CASE("an ATA page that is cut or empty says nothing") {
    Bytes page(572);
    page[1] = std::byte{0x89};
    CHECK(!identity_in_page_89(page));
    page[60 + 54] = std::byte{'B'};
    page[60 + 55] = std::byte{'A'};
    page[60 + 2 * 217] = std::byte{1};
    CHECK(identity_in_page_89(page)->model == "AB");
    CHECK(identity_in_page_89(page)->medium == Medium::Flash);
    page.pop_back();
    CHECK(!identity_in_page_89(page));
  }
}

TEST_SUITE("Thunderbolt bridges") {
  Bytes config_with(std::size_t at, std::uint32_t header, std::uint32_t specific) {
    Bytes config(4096);
    store_le<std::uint16_t>(config, 0x8086);
    store_le<std::uint32_t>(std::span(config).subspan(0x100), 0x00000001u | (static_cast<std::uint32_t>(at) << 20));
    store_le<std::uint32_t>(std::span(config).subspan(at), header);
    store_le<std::uint32_t>(std::span(config).subspan(at + 4), specific);
    return config;
  }

  TEST_CASE("are known by Intel's capability, wherever it stands in the list") {
    CHECK(is_thunderbolt_bridge(config_with(0x500, 0x0001000B, 0x00011234)));
    CHECK(!is_thunderbolt_bridge(config_with(0x500, 0x0001000B, 0x00015678)));
    CHECK(!is_thunderbolt_bridge(config_with(0x500, 0x00010003, 0x00011234)));
  }

  TEST_CASE("a list that is a ring, leads outside or is cut is no Thunderbolt") {
    CHECK(!is_thunderbolt_bridge(config_with(0x500, 0x50000003, 0)));
    CHECK(!is_thunderbolt_bridge(config_with(0x500, 0xFFC00003, 0)));
    CHECK(!is_thunderbolt_bridge(config_with(0x500, 0x04000003, 0)));
    Bytes cut = config_with(0x500, 0x0001000B, 0x00011234);
    cut.resize(256);  // What a user who is not root may read.
    CHECK(!is_thunderbolt_bridge(cut));
  }
}

}  // namespace
}  // namespace relance
