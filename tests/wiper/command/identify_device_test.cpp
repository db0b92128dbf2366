#include "wiper/command/identify_device.h"

#include <doctest/doctest.h>

#include "tests/support/ata_block.h"

namespace relance {
namespace {

IdentifyDevice decoded(const std::map<std::size_t, unsigned>& changes = {}) {
  return decode_identify_device(identify_block(changes)).value();
}

Stop refusal(const Bytes& block) {
  const auto result = decode_identify_device(block);
  return result.ok() ? Stop::Unspecified : result.error().stop;
}

TEST_SUITE("IDENTIFY DEVICE") {
  TEST_CASE("a disk of 2013, whole") {
    IdentifyDevice wanted;
    wanted.serial = "TF0500WE0JAL1P";
    wanted.firmware = "GH2ZB550";
    wanted.model = "HITACHI HTS725050A7E630";
    wanted.wwn = 0x5000CCA6A9D12345;
    wanted.sectors = 976773168;
    wanted.physical_bytes = 4096;
    wanted.has_48_bit = true;
    wanted.rotations_per_minute = 7200;
    wanted.has_smart = true;
    wanted.has_host_protected_area = true;
    wanted.has_set_max_security = true;
    wanted.has_configuration_overlay = true;
    wanted.security = {.is_supported = true,
                       .is_frozen = true,
                       .has_enhanced_erase = true,
                       .master_identifier = 0xFFFE,
                       .erase_minutes = 100,
                       .enhanced_erase_minutes = 102};
    CHECK(decoded() == wanted);
  }

  TEST_CASE("an SSD of today: sanitize, AMAC, TRIM, encryption") {
    const IdentifyDevice ssd =
        decoded({{59, 0xB000}, {69, 0x4030}, {82, 0x0002}, {83, 0x7400}, {119, 0x4100}, {169, 1}, {217, 1}});
    CHECK(ssd.rotations_per_minute == 0U);
    CHECK(ssd.has_trim);
    CHECK(ssd.trims_to_zeros);
    CHECK(ssd.encrypts_all);
    CHECK(ssd.has_accessible_max);
    CHECK(!ssd.has_host_protected_area);
    CHECK(!ssd.has_configuration_overlay);
    CHECK(ssd.sanitize == AtaSanitize{.is_supported = true, .has_crypto_scramble = true, .has_block_erase = true});
  }

  TEST_CASE("words without their mark of validity say nothing") {
    CHECK(!decoded({{83, 0x3D69}}).has_host_protected_area);
    CHECK(!decoded({{83, 0x3D69}}).has_48_bit);
    CHECK(!decoded({{83, 0x3D69}}).has_configuration_overlay);
    CHECK(!decoded({{119, 0x0100}}).has_accessible_max);
    CHECK(!decoded({{119, 0xFFFF}}).has_accessible_max);
    CHECK(!decoded({{87, 0x0163}}).wwn);
    CHECK(decoded({{106, 0xFFFF}, {117, 0xFFFF}, {118, 0xFFFF}}).logical_bytes == 512);
    CHECK(!decoded({{169, 0xFFFF}}).has_trim);
    CHECK(!decoded({{59, 0xFFFF}}).sanitize.is_supported);
    CHECK(!decoded({{128, 0xFFFF}}).security.is_supported);
    for (const unsigned rate : {0x0000U, 0x0002U, 0x0400U, 0xFFFFU})
      CHECK(!decoded({{217, rate}}).rotations_per_minute);
  }

  TEST_CASE("the size comes from the widest field that is there") {
    CHECK(decoded({{83, 0x7969}}).sectors == 0x0FFFFFFF);  // No 48-bit addresses.
    CHECK(decoded({{100, 0}, {101, 0}}).sectors == 0x0FFFFFFF);
    CHECK(decoded({{69, 0x0008}, {230, 0x0001}, {232, 0x0001}}).sectors == 0x0000000100000001);
    CHECK(refusal(identify_block({{103, 0x0002}})) == Stop::DriveSick);  // More than 48 bits can address.
  }

  TEST_CASE("sectors of 4096 bytes, and lengths that cannot be") {
    const IdentifyDevice native = decoded({{106, 0x5000}, {117, 2048}, {118, 0}});
    CHECK(native.logical_bytes == 4096);
    CHECK(native.physical_bytes == 4096);
    CHECK(refusal(identify_block({{106, 0x5000}, {117, 0}, {118, 0}})) == Stop::DriveSick);
    CHECK(refusal(identify_block({{106, 0x5000}, {117, 0}, {118, 1}})) == Stop::DriveSick);
    CHECK(decoded({{106, 0x600F}}).physical_bytes == 512);  // 16 MiB on the platter: not believed.
  }

  TEST_CASE("the time of a security erase, short and long form") {
    const auto minutes = [](unsigned word) { return decoded({{89, word}}).security.erase_minutes; };
    CHECK(!minutes(0));
    CHECK(minutes(1) == 2U);
    CHECK(minutes(255) == 510U);  // "More than 508."
    CHECK(minutes(0x8000 | 600) == 1200U);
    CHECK(minutes(0xFFFF) == 65534U);
    CHECK(!minutes(0x8000));
  }

  TEST_CASE("each security state is its own bit") {
    const auto security = [](unsigned word) { return decoded({{128, word}}).security; };
    CHECK(security(0x0003).is_enabled);
    CHECK(security(0x0007).is_locked);
    CHECK(security(0x0009).is_frozen);
    CHECK(security(0x0011).is_expired);
    CHECK(security(0x0021).has_enhanced_erase);
    CHECK(security(0x0101).is_master_maximum);
    CHECK(!security(0x000E).is_supported);
    CHECK(!security(0x000E).is_locked);
  }

  TEST_CASE("what is no disk's answer is refused") {
    CHECK(refusal({}) == Stop::DriveSick);
    CHECK(refusal(Bytes(511)) == Stop::DriveSick);
    CHECK(refusal(Bytes(512)) == Stop::DriveSick);
    CHECK(refusal(Bytes(512, std::byte{0xFF})) == Stop::DriveSick);
    CHECK(refusal(identify_block({{0, 0x8580}})) == Stop::DriveSick);  // A CD drive.
    CHECK(decoded({{0, 0x848A}}).is_compact_flash);
    Bytes damaged = identify_block();
    damaged[54] ^= std::byte{1};
    CHECK(refusal(damaged) == Stop::DriveSick);
    damaged[510] = std::byte{0};  // Without the mark there is no checksum: drives before ATA-5.
    CHECK(decode_identify_device(damaged).ok());
  }

  TEST_CASE("hostile text comes out printable") {
    Bytes block = identify_block();
    put_text(block, 27, 46, "\x1b[2J evil \x07");
    seal(block);
    CHECK(decode_identify_device(block).value().model == "?[2J evil ?");
  }
}

}  // namespace
}  // namespace relance
