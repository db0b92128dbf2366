#include "imager/format/frame.h"

#include <doctest/doctest.h>

#include "tests/imager/format/small_image.h"

namespace relance {
namespace {

Bytes sample(std::size_t size) {
  Bytes bytes = blocks_of({{7, size / 512 + 1}}, 512);
  bytes.resize(size);
  return bytes;
}

std::unique_ptr<FileSource> file_of(const std::shared_ptr<MemoryFolder>& folder, Bytes bytes) {
  folder->files["f"] = std::move(bytes);
  return folder->open("f").value();
}

TEST_SUITE("frames") {
  TEST_CASE("what was encoded is decoded, whatever its size") {
    FrameEncoder encoder(kDefaultLevel);
    FrameDecoder decoder;
    for (const std::size_t size : {0U, 1U, 511U, 4096U, 1U << 20}) {
      const Bytes bytes = sample(size);

      const Bytes frame = encoder.encode(bytes);
      Bytes decoded(size);
      REQUIRE(decoder.decode(frame, decoded).ok());

      CHECK(decoded == bytes);
      CHECK(frame.size() <= largest_frame(size));
    }
  }

  TEST_CASE("a frame of another size, two frames, half a frame and any flipped bit are refused") {
    FrameEncoder encoder(kDefaultLevel);
    FrameDecoder decoder;
    const Bytes bytes = sample(3000);
    const Bytes frame = encoder.encode(bytes);
    const auto stop = [&](const Bytes& broken, std::size_t size) {
      Bytes decoded(size);
      const Result<void> result = decoder.decode(broken, decoded);
      return result.ok() && decoded == bytes ? Stop::Unspecified
             : result.ok()                   ? Stop::DataDiffers
                                             : result.error().stop;
    };

    CHECK(stop(frame, 3000) == Stop::Unspecified);
    CHECK(stop(frame, 2999) == Stop::ImageDamaged);
    CHECK(stop(frame, 3001) == Stop::ImageDamaged);
    Bytes twice = frame;
    append(twice, frame);
    CHECK(stop(twice, 3000) == Stop::ImageDamaged);
    CHECK(stop(Bytes(frame.begin(), frame.end() - 1), 3000) == Stop::ImageDamaged);
    CHECK(stop({}, 3000) == Stop::ImageDamaged);
    for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
      CAPTURE(bit);
      Bytes broken = frame;
      broken[bit / 8] ^= std::byte{1} << static_cast<int>(bit % 8);
      CHECK(stop(broken, 3000) != Stop::DataDiffers);  // zstd has bits that mean nothing; our hash is before it.
    }
  }

  TEST_CASE("frames laid end to end, with others between them, are one stream") {
    const auto folder = std::make_shared<MemoryFolder>();
    FrameEncoder encoder(kDefaultLevel);
    const Bytes bytes = sample(700'000);
    const Bytes skippable = from_hex("502a4d1804000000deadbeef").value();
    Bytes file = skippable;
    append(file, encoder.encode(std::span(bytes).first(300'000)));
    append(file, encoder.encode({}));
    append(file, encoder.encode(std::span(bytes).subspan(300'000)));
    append(file, skippable);
    const auto source = file_of(folder, file);
    FrameStream stream(*source);
    Bytes decoded(bytes.size());

    REQUIRE(stream.read(std::span(decoded).first(123)).ok());
    REQUIRE(stream.read(std::span(decoded).subspan(123)).ok());

    CHECK(decoded == bytes);
    CHECK(stream.expect_end().ok());
  }

  TEST_CASE("a stream that goes on, ends too early, or is no zstd is refused") {
    const auto folder = std::make_shared<MemoryFolder>();
    FrameEncoder encoder(kDefaultLevel);
    const Bytes bytes = sample(200'000);
    const Bytes file = encoder.encode(bytes);
    Bytes decoded(bytes.size());

    const auto whole = file_of(folder, file);
    FrameStream longer(*whole);
    REQUIRE(longer.read(std::span(decoded).first(199'999)).ok());
    CHECK(longer.expect_end().error().stop == Stop::ImageHostile);

    for (const std::size_t size : {file.size() - 1, file.size() / 2, std::size_t{3}, std::size_t{0}}) {
      CAPTURE(size);
      const auto cut = file_of(folder, Bytes(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)));
      FrameStream shorter(*cut);
      const bool read = shorter.read(decoded).ok();
      CHECK_FALSE((read && shorter.expect_end().ok()));
    }

    const auto other = file_of(folder, sample(5000));
    CHECK(FrameStream(*other).read(decoded).error().stop == Stop::ImageDamaged);
  }
}

}  // namespace
}  // namespace relance
