#include "imager/format/partclone.h"

#include <doctest/doctest.h>

#include "wiper/base/crc32.h"

namespace relance {
namespace {

const StreamHeader kHeader{.file_system = "EXTFS",
                           .device_bytes = 100 * 4096,
                           .block_count = 99,
                           .used_by_superblock = 40,
                           .used_blocks = 33,
                           .block_bytes = 4096};
const ExtentSet kUsed{{0, 9}, {16, 8}, {31, 1}, {40, 14}, {98, 1}};

// The header with some of its bytes replaced and its CRC made right again.
Bytes header_with(std::size_t at, const Bytes& news) {
  Bytes head = stream_head(kHeader, kUsed);
  std::copy(news.begin(), news.end(), head.begin() + static_cast<std::ptrdiff_t>(at));
  head.resize(kStreamHeaderBytes);
  store_le<std::uint32_t>(std::span(head).subspan(106), ~crc32(std::span(head).first(106)));
  return head;
}
Bytes little(std::uint64_t value, std::size_t size) {
  Bytes bytes(8);
  store_le(std::span(bytes), value);
  bytes.resize(size);
  return bytes;
}
Stop stop_of(const Bytes& header) {
  const Result<StreamHeader> parsed = parse_stream_header(header);
  return parsed.ok() ? Stop::Unspecified : parsed.error().stop;
}

TEST_SUITE("partclone stream") {
  TEST_CASE("header and bitmap come back as they were written") {
    const Bytes head = stream_head(kHeader, kUsed);

    const Result<StreamHeader> header = parse_stream_header(std::span(head).first(kStreamHeaderBytes));
    REQUIRE(header.ok());
    const Result<ExtentSet> used = parse_bitmap(header.value(), std::span(head).subspan(kStreamHeaderBytes));

    CHECK(header.value() == kHeader);
    REQUIRE(used.ok());
    CHECK(used.value() == kUsed);
    CHECK(head.size() == kStreamHeaderBytes + 13 + 4);
  }

  TEST_CASE("any flipped bit of the header or the bitmap is found, but where nobody reads it") {
    const Bytes head = stream_head(kHeader, kUsed);
    for (std::size_t bit = 0; bit < head.size() * 8; ++bit) {
      CAPTURE(bit);
      Bytes broken = head;
      broken[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
      const Result<StreamHeader> header = parse_stream_header(std::span(broken).first(kStreamHeaderBytes));
      if (bit / 8 < kStreamHeaderBytes)
        CHECK(!header.ok());
      else
        CHECK(parse_bitmap(header.value(), std::span(broken).subspan(kStreamHeaderBytes)).error().stop ==
              Stop::ImageHostile);
    }
  }

  TEST_CASE("counts that contradict each other or our limits are refused, with a right CRC too") {
    CHECK(stop_of(header_with(84, little(0, 4))) == Stop::ImageHostile);  // Bytes a block.
    CHECK(stop_of(header_with(84, little(4095, 4))) == Stop::ImageHostile);
    CHECK(stop_of(header_with(84, little(131072, 4))) == Stop::ImageHostile);
    CHECK(stop_of(header_with(60, little(0, 8))) == Stop::ImageHostile);    // Blocks.
    CHECK(stop_of(header_with(60, little(101, 8))) == Stop::ImageHostile);  // More than the device holds.
    CHECK(stop_of(header_with(60, little(~0ULL, 8))) == Stop::ImageHostile);
    CHECK(stop_of(header_with(76, little(100, 8))) == Stop::ImageHostile);         // Used blocks.
    CHECK(stop_of(header_with(52, little(~0ULL, 8))) == Stop::ImageHostile);       // Bytes of the device.
    CHECK(stop_of(header_with(96, little(0x40, 2))) == Stop::ImageHostile);        // Unknown block sums.
    CHECK(stop_of(header_with(96, little(0x20, 2))) == Stop::ImageHostile);        // CRC32 of no size.
    CHECK(stop_of(header_with(96, little(0x00040020, 4))) == Stop::ImageHostile);  // CRC32 over no blocks.
    CHECK(stop_of(header_with(100, little(1, 4))) == Stop::ImageHostile);          // No sum, but over a block.
    CHECK(stop_of(header_with(105, little(8, 1))) == Stop::ImageHostile);          // A bitmap of bytes.
    CHECK(stop_of(header_with(34, little(0xDEC0, 2))) == Stop::ImageHostile);      // Big-endian.
    CHECK(stop_of(header_with(30, little(0x31303030, 4))) == Stop::ImageHostile);  // 0001
    CHECK(stop_of(header_with(52, little(std::uint64_t{1} << 60, 8))) ==
          Stop::Unspecified);  // The largest that is good.
  }

  TEST_CASE("a bitmap that maps 16 TiB in memory is refused by its header") {
    Bytes header = header_with(52, little(std::uint64_t{1} << 50, 8));
    std::copy_n(little(std::uint64_t{1} << 32, 8).begin(), 8, header.begin() + 60);
    store_le<std::uint32_t>(std::span(header).subspan(106), ~crc32(std::span(header).first(106)));

    CHECK(stop_of(header) == Stop::ImageHostile);
  }

  TEST_CASE("a bitmap of other blocks than the header counts is refused") {
    const Bytes head = stream_head(kHeader, kUsed);
    StreamHeader header = kHeader;
    header.used_blocks -= 1;

    CHECK(parse_bitmap(header, std::span(head).subspan(kStreamHeaderBytes)).error().stop == Stop::ImageHostile);
    CHECK(parse_bitmap(kHeader, std::span(head).subspan(kStreamHeaderBytes + 1)).error().stop == Stop::ImageHostile);
  }

  TEST_CASE("a name with control characters becomes empty") {
    const Result<StreamHeader> header = parse_stream_header(header_with(36, little(0x1B5B324A, 4)));

    REQUIRE(header.ok());
    CHECK(header.value().file_system.empty());
  }
}

}  // namespace
}  // namespace relance
