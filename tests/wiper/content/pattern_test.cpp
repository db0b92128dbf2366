#include "wiper/content/pattern.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

const Geometry kDrive{.block_count = 1000, .logical_bytes = 512, .physical_bytes = 4096};

Bytes filled(Content& content, std::uint64_t index) {
  std::uint64_t blocks = block_count(content.chunk(index));
  Bytes bytes(static_cast<std::size_t>(blocks) * kDrive.logical_bytes);
  CHECK(content.fill(index, bytes).ok());
  return bytes;
}

ExtentSet covered(const Content& content) {
  ExtentSet all;
  for (std::uint64_t index = 0; index < content.chunk_count(); ++index)
    for (const LbaRange range : content.chunk(index)) {
      CHECK(all.cropped(range).empty());
      all.add(range);
    }
  return all;
}

TEST_SUITE("pattern content") {
  TEST_CASE("three bytes repeat over the whole drive, wherever one begins to look") {
    const auto pattern = repeating_pattern({std::byte{0x92}, std::byte{0x49}, std::byte{0x24}});
    constexpr std::uint8_t kPeriod[] = {0x92, 0x49, 0x24};
    for (const std::uint64_t offset : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{512}, std::uint64_t{1} << 41})
      for (const std::size_t size : {std::size_t{1}, std::size_t{2}, std::size_t{512}, std::size_t{4096}}) {
        Bytes bytes(size);
        pattern->fill(offset, bytes);
        for (std::size_t i = 0; i < size; ++i) REQUIRE(bytes[i] == std::byte{kPeriod[(offset + i) % 3]});
      }
  }

  TEST_CASE("numbered blocks lie at the beginning and on both sides of each place, as far as the drive has them") {
    const std::vector<unsigned> wraps{5, 6};
    CHECK(stamp_extents({.block_count = 68}, wraps) == ExtentSet{{0, 8}, {24, 16}, {56, 12}});
    CHECK(stamp_extents({.block_count = std::uint64_t{1} << 33}, std::vector<unsigned>{28, 31, 32}).block_count() ==
          8 + 3 * 16);
  }

  TEST_CASE("chunks cover the extents exactly once, start on physical blocks, and the last is shorter") {
    const auto whole = pattern_content("zero", constant_pattern(std::byte{0}), kDrive, {kDrive.whole()}, 65536);
    CHECK(covered(*whole) == ExtentSet{{0, 1000}});
    CHECK(whole->chunk_count() == 8);
    CHECK(whole->chunk(7) == std::vector<LbaRange>{{896, 104}});

    const ExtentSet parts{{3, 5}, {120, 200}, {999, 1}};
    const auto some = pattern_content("zero", constant_pattern(std::byte{0}), kDrive, parts, 65536);
    CHECK(covered(*some) == parts);
    for (std::uint64_t index = 0; index < some->chunk_count(); ++index) {
      const LbaRange range = some->chunk(index)[0];
      CHECK((range.first % 8 == 0 || parts.complement(kDrive.whole()).covers(LbaRange{range.first - 1, 1})));
    }
  }

  TEST_CASE("a keyed stream does not depend on the chunk size") {
    const StreamKey key{std::byte{7}};
    const auto large =
        pattern_content("keyed-1", keyed_pattern(Cipher::ChaCha20, key), kDrive, {kDrive.whole()}, 65536);
    const auto small = pattern_content("keyed-1", keyed_pattern(Cipher::ChaCha20, key), kDrive, {kDrive.whole()}, 4096);

    const Bytes one = filled(*large, 0);
    Bytes other;
    for (std::uint64_t index = 0; index < 16; ++index) {
      const Bytes piece = filled(*small, index);
      other.insert(other.end(), piece.begin(), piece.end());
    }

    CHECK(one == other);
  }

  TEST_CASE("one wrong byte is found, in the block where it is, whatever the pattern") {
    const auto patterns = [] {
      std::vector<std::unique_ptr<Pattern>> all;
      all.push_back(constant_pattern(std::byte{0}));
      all.push_back(constant_pattern(std::byte{0xFF}));
      all.push_back(repeating_pattern({std::byte{0x92}, std::byte{0x49}, std::byte{0x24}}));
      all.push_back(keyed_pattern(Cipher::Aes256Ctr, StreamKey{std::byte{1}}));
      all.push_back(lba_stamp_pattern(512));
      return all;
    };
    for (std::size_t which = 0; which < patterns().size(); ++which) {
      CAPTURE(which);
      const auto content = pattern_content("x", std::move(patterns()[which]), kDrive, {kDrive.whole()}, 65536);
      Bytes actual = filled(*content, 7);
      Bytes scratch(actual.size());
      CHECK(content->differing(7, actual, scratch).value().empty());

      for (const std::size_t place : {std::size_t{0}, std::size_t{511}, std::size_t{512}, actual.size() - 1}) {
        actual[place] ^= std::byte{0x10};
        CHECK(content->differing(7, actual, scratch).value() == ExtentSet{{896 + place / 512, 1}});
        actual[place] ^= std::byte{0x10};
      }
    }
  }

  TEST_CASE("a buffer of one wrong constant differs everywhere") {
    const auto content = pattern_content("zero", constant_pattern(std::byte{0}), kDrive, {kDrive.whole()}, 65536);
    Bytes actual(65536, std::byte{1});
    Bytes scratch(actual.size());
    CHECK(content->differing(0, actual, scratch).value() == ExtentSet{{0, 128}});
  }
}

}  // namespace
}  // namespace relance
