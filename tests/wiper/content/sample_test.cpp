#include "wiper/content/sample.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

const std::array<std::byte, 32> kSeed{std::byte{3}};

TEST_SUITE("sampled read-back") {
  TEST_CASE("reads at least the fraction, two places in each section, first and last block always") {
    const Geometry drive{.block_count = 1000003, .logical_bytes = 512, .physical_bytes = 512};
    const ExtentSet sample = sample_extents(drive, 10, kSeed);

    CHECK(sample.block_count() * 100 >= drive.block_count * 10);
    CHECK(sample.block_count() * 100 < drive.block_count * 11);
    CHECK(sample.covers(LbaRange{0, 1}));
    CHECK(sample.covers(LbaRange{1000002, 1}));
    for (std::uint64_t section = 0; section < 1000; ++section) {
      const std::uint64_t first = drive.block_count * section / 1000;
      const std::uint64_t end = drive.block_count * (section + 1) / 1000;
      CHECK(sample.cropped(range_between(first, end)).block_count() * 100 >= (end - first) * 10);
    }
  }

  TEST_CASE("the seed decides, and a small drive is read whole") {
    const Geometry drive{.block_count = 100000, .logical_bytes = 512, .physical_bytes = 512};
    CHECK(sample_extents(drive, 10, kSeed) == sample_extents(drive, 10, kSeed));
    CHECK(!(sample_extents(drive, 10, kSeed) == sample_extents(drive, 10, std::array<std::byte, 32>{std::byte{4}})));
    CHECK(sample_extents({.block_count = 2000}, 10, kSeed) == ExtentSet{{0, 2000}});
  }
}

}  // namespace
}  // namespace relance
