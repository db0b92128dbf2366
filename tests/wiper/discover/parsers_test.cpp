// The pure readers of foreign text and bytes.

#include <doctest/doctest.h>

#include <random>

#include "wiper/base/bytes.h"
#include "wiper/discover/drive_bus.h"
#include "wiper/discover/inquiry_pages.h"
#include "wiper/discover/proc_tables.h"
#include "wiper/discover/sanitise_text.h"

namespace relance {
namespace {

TEST_SUITE("foreign text") {
  TEST_CASE("honest words go through whole") {
    CHECK(sanitise_text("Société Générale") == "Société Générale");
    CHECK(sanitise_text("Donne\u0301es") == "Donne\u0301es");
    CHECK(sanitise_text("备份 💾") == "备份 💾");
    CHECK(sanitise_text("WDC WD5000AAKX-001CA0     ") == "WDC WD5000AAKX-001CA0");
    CHECK(sanitise_text(std::string_view("\0\0ab\0", 5)) == "ab");
    CHECK(sanitise_text("a  \t b") == "a b");
    CHECK(sanitise_text("") == "");
  }

  TEST_CASE("escape codes, directions and broken bytes become question marks") {
    CHECK(sanitise_text("\x1b[2JX") == "?[2JX");
    CHECK(sanitise_text("abc\u202Efed") == "abc?fed");
    CHECK(sanitise_text("\xC0\xAF") == "??");
    CHECK(sanitise_text("\xED\xA0\x80") == "???");
    CHECK(sanitise_text("\xE9t\xE9") == "?t?");  // Latin-1.
    CHECK(sanitise_text("\u200B") == "?");
    CHECK(sanitise_text("\u0301x") == "?x");
    CHECK(sanitise_text("a\u0301\u0301\u0301\u0301") == "a\u0301\u0301??");
  }

  TEST_CASE("it is cut between characters") {
    CHECK(sanitise_text("ééé", 5) == "éé");
    CHECK(sanitise_text(std::string(1000, 'x')).size() == kForeignTextLimit);
  }

  TEST_CASE("whatever comes in, clean UTF-8 within the limit comes out, and cleaning it again changes nothing") {
    for (unsigned seed = 1; seed <= 2000; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      std::string raw;
      for (auto i = random() % 200; i > 0; --i)
        raw += static_cast<char>(random() % 3 == 0 ? random() : 0xC0 + random() % 0x38);
      const std::string clean = sanitise_text(raw);
      CHECK(clean.size() <= kForeignTextLimit);
      CHECK(sanitise_text(clean) == clean);
    }
  }
}

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
  TEST_CASE("a serial page of a wrong length or of another number says nothing") {
    const std::string good("\x00\x80\x00\x04 A1 ", 8);
    CHECK(serial_in_page_80(as_bytes(good)) == "A1");
    CHECK(serial_in_page_80(as_bytes(std::string("\x00\x83\x00\x04 A1 ", 8))) == "");
    CHECK(serial_in_page_80(as_bytes(std::string("\x00\x80\xff\xff A1 ", 8))) == "");
    CHECK(serial_in_page_80(as_bytes(std::string("\x00\x80", 2))) == "");
    CHECK(serial_in_page_80({}) == "");
  }

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
