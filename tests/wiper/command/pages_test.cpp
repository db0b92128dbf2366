// What SCSI and NVMe drives say of themselves.

#include <doctest/doctest.h>

#include <algorithm>

#include "wiper/command/nvme_pages.h"
#include "wiper/command/scsi_pages.h"

namespace relance {
namespace {

Bytes bytes_of(std::string hex) {
  std::erase(hex, ' ');
  return from_hex(hex).value();
}

void put(Bytes& page, std::size_t offset, const char* hex) {
  const Bytes bytes = bytes_of(hex);
  std::ranges::copy(bytes, page.begin() + static_cast<std::ptrdiff_t>(offset));
}

TEST_SUITE("SCSI pages") {
  TEST_CASE("READ CAPACITY(16): last block, block length, protection, physical blocks") {
    Bytes data = bytes_of("00000000 3a3852b7 00000200 01 03 0000");
    CHECK(decode_read_capacity_16(data).value() ==
          ScsiCapacity{.block_count = 976769720, .block_bytes = 512, .physical_bytes = 4096, .has_protection = true});
    put(data, 8, "00000208");
    CHECK(decode_read_capacity_16(data).value().block_bytes == 520);
  }

  TEST_CASE("READ CAPACITY(16): what cannot be is refused") {
    CHECK(!decode_read_capacity_16({}).ok());
    CHECK(!decode_read_capacity_16(bytes_of("00000000 3a3852b7 00000200 00")).ok());
    CHECK(!decode_read_capacity_16(bytes_of("ffffffff ffffffff 00000200 0000")).ok());
    CHECK(!decode_read_capacity_16(bytes_of("00000000 3a3852b7 00000000 0000")).ok());
    CHECK(!decode_read_capacity_16(bytes_of("00000000 3a3852b7 00010001 0000")).ok());
    CHECK(decode_read_capacity_16(bytes_of("00000000 3a3852b7 00000200 000f")).value().physical_bytes == 512);
  }

  TEST_CASE("the serial page, cut, of another number, or empty") {
    CHECK(decode_serial_page(bytes_of("00800004 20413120")) == "A1");
    CHECK(!decode_serial_page(bytes_of("00830004 20413120")));
    CHECK(!decode_serial_page(bytes_of("0080ffff 20413120")));
    CHECK(!decode_serial_page(bytes_of("0080")));
    CHECK(!decode_serial_page(bytes_of("00800000")));
    CHECK(!decode_serial_page({}));
  }

  TEST_CASE("the name of the unit, not of its port, and NAA before EUI-64") {
    const std::string vendor = "0201 0004 41424344";
    const std::string port = "6193 0008 5000cca6a9d12346";
    const std::string eui = "0102 0008 0002c90300abcdef";
    const std::string naa = "0103 0008 5000cca6a9d12345";
    CHECK(decode_identification_page(bytes_of("0083 002c" + vendor + port + eui + naa)) == "naa.5000cca6a9d12345");
    CHECK(decode_identification_page(bytes_of("0083 0014" + vendor + eui)) == "eui.0002c90300abcdef");
    CHECK(!decode_identification_page(bytes_of("0083 0014" + vendor + port)));
    CHECK(!decode_identification_page(bytes_of("0083 0008 0103 00ff 50000000")));
    CHECK(!decode_identification_page(bytes_of("0083 ffff" + naa)));
  }

  TEST_CASE("limits and characteristics") {
    Bytes limits(64);
    put(limits, 0, "00b0003c 00000000 00001000 00000080 00000000 00400000");
    CHECK(decode_block_limits_page(limits) == BlockLimits{4096, 128, 0x400000});
    limits[3] = std::byte{12};
    CHECK(decode_block_limits_page(limits) == BlockLimits{4096, 128, 0});
    CHECK(!decode_block_limits_page(std::span(limits).first(15)));

    CHECK(decode_block_characteristics_page(bytes_of("00b1 0008 0001 00 00 00 000000")) ==
          BlockCharacteristics{0, Zones::NotSaid});
    CHECK(decode_block_characteristics_page(bytes_of("00b1 0008 1c20 00 00 10 000000")) ==
          BlockCharacteristics{7200, Zones::HostAware});
    CHECK(decode_block_characteristics_page(bytes_of("00b1 0008 0000 00 00 20 000000")) ==
          BlockCharacteristics{{}, Zones::DriveManaged});
    CHECK(!decode_block_characteristics_page(bytes_of("00b1 0004 1c20 0000")));
  }
}

Bytes namespace_page() {
  Bytes page(4096);
  put(page, 0, "b06dee74 00000000");
  put(page, 8, "b06dee74 00000000");
  page[25] = std::byte{1};
  page[26] = std::byte{1};
  put(page, 128, "00000900 00000c00");
  return page;
}

TEST_SUITE("NVMe pages") {
  TEST_CASE("Identify Controller") {
    Bytes page(4096);
    put(page, 4, "5336364e4a304e2020202020202020202020202020");
    put(page, 24, "53616d73756e6720");
    put(page, 64, "4558");
    page[256] = std::byte{0x0A};
    put(page, 280, "0060db0277000000 0000000000000000");
    page[328] = std::byte{0x03};
    put(page, 516, "20000000");
    page[524] = std::byte{0x04};

    const NvmeController controller = decode_nvme_controller(page).value();
    CHECK(controller.serial == "S66NJ0N");
    CHECK(controller.model == "Samsung");
    CHECK(controller.firmware == "EX");  // Zeros where blanks belong.
    CHECK(controller.total_bytes == 0x7702db6000U);
    CHECK(controller.unallocated_bytes == 0U);
    CHECK(controller.namespace_limit == 32);
    CHECK(controller.has_format);
    CHECK(controller.has_namespace_management);
    CHECK(controller.sanitizes_by_key);
    CHECK(controller.sanitizes_blocks);
    CHECK(!controller.sanitizes_by_overwrite);
    CHECK(controller.format_erases_by_key);
    CHECK(!controller.format_hits_all_namespaces);

    put(page, 280, "0000000000000000 0000000000000000");
    CHECK(!decode_nvme_controller(page).value().total_bytes);
    CHECK(!decode_nvme_controller(std::span(page).first(4095)).ok());
  }

  TEST_CASE("Identify Namespace: the format that is in use") {
    CHECK(
        decode_nvme_namespace(namespace_page()).value() ==
        NvmeNamespace{.block_count = 0x74ee6db0, .capacity_blocks = 0x74ee6db0, .lba_format = 1, .block_bytes = 4096});
  }

  TEST_CASE("Identify Namespace: with more than 16 formats the number has two more bits") {
    Bytes page = namespace_page();
    page[25] = std::byte{17};
    page[26] = std::byte{0x21};
    put(page, 128 + 4 * 17, "08000900");
    CHECK(decode_nvme_namespace(page).value().lba_format == 17);
    CHECK(decode_nvme_namespace(page).value().metadata_bytes == 8);
  }

  TEST_CASE("Identify Namespace: what cannot be is refused") {
    Bytes page = namespace_page();
    page[26] = std::byte{2};  // It has formats 0 and 1.
    CHECK(!decode_nvme_namespace(page).ok());
    page = namespace_page();
    page[134] = std::byte{0};
    CHECK(!decode_nvme_namespace(page).ok());
    page[134] = std::byte{200};
    CHECK(!decode_nvme_namespace(page).ok());
    page = namespace_page();
    put(page, 0, "ffffffffffffffff");
    CHECK(!decode_nvme_namespace(page).ok());
    CHECK(!decode_nvme_namespace(Bytes(4096)).ok());
    page = namespace_page();
    page[25] = std::byte{255};
    CHECK(!decode_nvme_namespace(page).ok());
  }

  TEST_CASE("lists of namespaces end at zero and ascend") {
    Bytes page(4096);
    CHECK(decode_namespace_list(page).value().empty());
    put(page, 0, "01000000 03000000 10000000");
    CHECK(decode_namespace_list(page).value() == std::vector<std::uint32_t>{1, 3, 16});
    put(page, 0, "01000000 03000000 03000000");
    CHECK(!decode_namespace_list(page).ok());
    CHECK(!decode_namespace_list(Bytes(512)).ok());
  }

  TEST_CASE("the sanitize log") {
    Bytes page(512);
    put(page, 0, "0080 0200 0a000000 ffffffff 3c000000 02000000");
    NvmeSanitizeLog log = decode_sanitize_log(page).value();
    CHECK(log.state == SanitizeState::Running);
    CHECK(log.progress == 0x8000);
    CHECK(log.started_with == 10);
    CHECK(!log.overwrite_seconds);
    CHECK(log.block_erase_seconds == 60U);
    CHECK(log.crypto_erase_seconds == 2U);

    put(page, 0, "ffff 0101");
    log = decode_sanitize_log(page).value();
    CHECK(log.state == SanitizeState::Succeeded);
    CHECK(log.is_globally_erased);
    put(page, 2, "1b00");
    CHECK(decode_sanitize_log(page).value().state == SanitizeState::Failed);
    CHECK(decode_sanitize_log(page).value().passes_done == 3);
    put(page, 2, "0700");
    CHECK(decode_sanitize_log(page).value().state == SanitizeState::Other);
    CHECK(!decode_sanitize_log(Bytes(511)).ok());
  }
}

}  // namespace
}  // namespace relance
