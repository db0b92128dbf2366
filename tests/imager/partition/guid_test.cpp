#include "imager/partition/guid.h"

#include <doctest/doctest.h>

#include "wiper/base/bytes.h"

namespace relance {
namespace {

TEST_SUITE("guid") {
  TEST_CASE("the first three groups lie little-endian on the drive") {
    // UEFI 2.10, table 5.7: the type of an EFI system partition.
    const GuidBytes bytes = guid_bytes("c12a7328-f81f-11d2-ba4b-00a0c93ec93b").value();

    CHECK(to_hex(bytes) == "28732ac11ff8d211ba4b00a0c93ec93b");
    CHECK(guid_text(bytes) == "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
  }

  TEST_CASE("capitals are read, other texts are refused") {
    CHECK(guid_text(guid_bytes("C12A7328-F81F-11D2-BA4B-00A0C93EC93B").value()) ==
          "c12a7328-f81f-11d2-ba4b-00a0c93ec93b");
    CHECK_FALSE(guid_bytes("c12a7328-f81f-11d2-ba4b-00a0c93ec93").ok());
    CHECK_FALSE(guid_bytes("c12a7328xf81f-11d2-ba4b-00a0c93ec93b").ok());
    CHECK_FALSE(guid_bytes("c12a732g-f81f-11d2-ba4b-00a0c93ec93b").ok());
  }

  TEST_CASE("a seed gives random GUIDs of version 4, again and again the same") {
    const Bytes seed(32, std::byte{1});

    const std::string one = guid_from(seed, "disk");

    CHECK(one == guid_from(seed, "disk"));
    CHECK(one != guid_from(seed, "partition 1"));
    CHECK(one != guid_from(Bytes(32, std::byte{2}), "disk"));
    CHECK(one[14] == '4');
    CHECK(std::string("89ab").find(one[19]) != std::string::npos);
  }
}

}  // namespace
}  // namespace relance
