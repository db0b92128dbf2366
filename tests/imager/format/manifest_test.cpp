#include "imager/format/manifest.h"

#include <doctest/doctest.h>

#include "tests/imager/format/small_image.h"

namespace relance {
namespace {

bool refused(const std::function<void(Manifest&)>& spoil) {
  Manifest manifest = SmallImage().manifest;
  spoil(manifest);
  const Result<Manifest> parsed = parse_manifest(manifest_text(manifest));
  return !parsed.ok() && parsed.error().stop == Stop::ImageHostile;
}

ImagePartition& root_of(Manifest& manifest) { return manifest.partitions[1]; }

TEST_SUITE("manifest") {
  TEST_CASE("what was written is read") {
    const Manifest manifest = SmallImage().manifest;

    const Result<Manifest> parsed = parse_manifest(manifest_text(manifest));

    REQUIRE(parsed.ok());
    CHECK(parsed.value() == manifest);
    CHECK(manifest_text(parsed.value()) == manifest_text(manifest));
  }

  TEST_CASE("a chunk is one line of text") {
    ImageChunk chunk{.offset = 4096, .length = 77, .zero = true, .extents = {{5, 2}, {9, 1}}};
    chunk.frame_sha256.fill(std::byte{0xAB});
    std::string zeros(64, '0');
    std::string ab;
    for (int i = 0; i < 32; ++i) ab += "ab";

    CHECK(chunk.to_value() == Value("4096+77 " + ab + " " + zeros + " zero 5+2 9+1"));
    CHECK(ImageChunk::from_value(chunk.to_value()).value() == chunk);
  }

  TEST_CASE("a line that is not a chunk is refused") {
    const std::string hash(64, '0');
    const auto is_bad = [](const std::string& line) { return !ImageChunk::from_value(Value(line)).ok(); };

    CHECK_FALSE(is_bad("0+1 " + hash + " " + hash + " 0+1 2+1"));
    CHECK(is_bad(""));
    CHECK(is_bad("0+1"));
    CHECK(is_bad("0+1 " + hash));
    CHECK(is_bad("0+4294967296 " + hash + " " + hash + " 0+1"));
    CHECK(is_bad("-1+1 " + hash + " " + hash + " 0+1"));
    CHECK(is_bad("00+1 " + hash + " " + hash + " 0+1"));
    CHECK(is_bad("0+1 " + hash + " " + hash + " 0+0"));
    CHECK(is_bad("0+1 " + hash + " " + hash + " 0+2 1+1"));  // Overlap.
    CHECK(is_bad("0+1 " + hash + " " + hash + " 0+2 2+1"));  // Touch.
    CHECK(is_bad("0+1 " + hash + " " + hash + " 5+2 0+1"));  // Order.
    CHECK(is_bad("0+1 " + hash + " " + hash + " 0+18446744073709551615"));
    CHECK(is_bad("0+1 " + hash + " " + hash + " 18446744073709551615+2"));
    CHECK(is_bad("0+1 " + hash + " " + hash + "  0+1"));
    CHECK(is_bad("0+1 " + hash + " " + hash.substr(1) + " 0+1"));
    CHECK(is_bad("0+1 " + hash + " " + hash + " ZERO 0+1"));
  }

  TEST_CASE("every contradiction is refused") {
    CHECK_FALSE(refused([](Manifest&) {}));
    CHECK(refused([](Manifest& m) { m.format = 2; }));
    CHECK(refused([](Manifest& m) { m.name = "../x"; }));
    CHECK(refused([](Manifest& m) { m.name = ".x"; }));
    CHECK(refused([](Manifest& m) { m.made_by = "\x1b[2J"; }));
    CHECK(refused([](Manifest& m) { m.source.logical_bytes = 520; }));
    CHECK(refused([](Manifest& m) { m.source.size_bytes = ~0ULL; }));
    CHECK(refused([](Manifest& m) { m.minimum_bytes += 1; }));
    CHECK(refused([](Manifest& m) { m.minimum_bytes = 0; }));
    CHECK(refused([](Manifest& m) { m.boot->first_block_file = "nowhere"; }));
    CHECK(refused([](Manifest& m) { m.boot->gap_file = "nowhere"; }));
    CHECK(refused([](Manifest& m) { m.boot->first_block_file = "parts"; }));  // Not 512 bytes.
    CHECK(refused([](Manifest& m) { m.files.push_back(m.files.front()); }));
    CHECK(refused([](Manifest& m) { m.files.front().name = "a/b"; }));
    CHECK(refused([](Manifest& m) { m.files.front().name = ".."; }));
    CHECK(refused([](Manifest& m) { m.files.front().name = "manifest.json"; }));
    CHECK(refused([](Manifest& m) { m.partitions.clear(); }));
    CHECK(refused([](Manifest& m) { m.partitions.push_back(m.partitions.back()); }));
    CHECK(refused([](Manifest& m) { std::swap(m.partitions[0], m.partitions[1]); }));
  }

  TEST_CASE("every contradiction within a partition is refused") {
    CHECK(refused([](Manifest& m) { root_of(m).number = 0; }));
    CHECK(refused([](Manifest& m) { root_of(m).number = 1; }));
    CHECK(refused([](Manifest& m) { root_of(m).type = "0x83"; }));
    CHECK(refused([](Manifest& m) { root_of(m).type = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"; }));
    CHECK(refused([](Manifest& m) { root_of(m).name = "a\nb"; }));
    CHECK(refused([](Manifest& m) { root_of(m).uuid = "1234-abcd"; }));
    CHECK(refused([](Manifest& m) { root_of(m).source = {~0ULL, 2}; }));
    CHECK(refused([](Manifest& m) { root_of(m).source = {4096, ~0ULL}; }));
    CHECK(refused([](Manifest& m) { root_of(m).source.count = 0; }));
    CHECK(refused([](Manifest& m) { root_of(m).block_bytes = 0; }));
    CHECK(refused([](Manifest& m) { root_of(m).block_bytes = 1000; }));
    CHECK(refused([](Manifest& m) { root_of(m).block_count = 98304 / 8 + 1; }));  // Larger than its partition.
    CHECK(refused([](Manifest& m) { root_of(m).size_bytes = 19 * kMiB; }));       // Smaller than its minimum.
    CHECK(refused([](Manifest& m) { root_of(m).grows = false; }));
    CHECK(refused([](Manifest& m) { m.partitions[0].grows = true; }));
    CHECK(refused([](Manifest& m) { root_of(m).file = ""; }));
    CHECK(refused([](Manifest& m) { root_of(m).file = "nowhere"; }));
    CHECK(refused([](Manifest& m) { root_of(m).file = m.partitions[0].file; }));
    CHECK(refused([](Manifest& m) { m.partitions[2].file = "parts"; }));  // Swap with a file.
  }

  TEST_CASE("every contradiction within the frames is refused") {
    CHECK(refused([](Manifest& m) { root_of(m).header_length += 1; }));
    CHECK(refused([](Manifest& m) { root_of(m).header_length = 0; }));
    CHECK(refused([](Manifest& m) { m.partitions[0].header_length = 1; }));  // Raw has none.
    CHECK(refused([](Manifest& m) { root_of(m).chunks[1].offset += 1; }));
    CHECK(refused([](Manifest& m) { root_of(m).chunks[1].length += 1; }));
    CHECK(refused([](Manifest& m) { root_of(m).chunks[1].length = 0; }));
    CHECK(refused([](Manifest& m) { root_of(m).chunks.pop_back(); }));  // The file goes on.
    CHECK(refused([](Manifest& m) { root_of(m).chunks[0].extents = {}; }));
    CHECK(refused([](Manifest& m) { root_of(m).chunks[0].extents = {{0, 1025}}; }));   // More than 4 MiB.
    CHECK(refused([](Manifest& m) { root_of(m).chunks[1].extents = {{800, 1}}; }));    // Again.
    CHECK(refused([](Manifest& m) { root_of(m).chunks[2].extents = {{12000, 1}}; }));  // Behind the end.
  }

  TEST_CASE("text that is no manifest is refused") {
    for (const std::string_view text : {"", "{}", "[]", "null", "{\"format\":1}", "\xff\xfe", "{\"format\":1.5}"})
      CHECK(parse_manifest(text).error().stop == Stop::ImageHostile);
    CHECK(parse_manifest(std::string(70, '[')).error().stop == Stop::ImageHostile);
  }

  TEST_CASE("the smallest drive holds every partition aligned, and a MiB on both ends") {
    const std::vector<ImagePartition> partitions{
        {.minimum_bytes = 1}, {.minimum_bytes = 3 * kMiB}, {.minimum_bytes = 3 * kMiB + 1}};

    CHECK(smallest_drive(partitions) == (1 + 1 + 3 + 4 + 1) * kMiB);
  }
}

}  // namespace
}  // namespace relance
