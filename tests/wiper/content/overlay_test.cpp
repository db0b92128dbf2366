#include "wiper/content/overlay.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

Overlay three_blocks() {
  Overlay overlay(512);
  overlay.put(0, Bytes(512, std::byte{1}));
  overlay.put(7, Bytes(1024, std::byte{2}));
  return overlay;
}

TEST_SUITE("overlay") {
  TEST_CASE("survives its file") {
    const Overlay read = Overlay::from_file(three_blocks().to_file()).value();
    CHECK(read.extents() == ExtentSet{{0, 1}, {7, 2}});
    CHECK((*read.block(8))[511] == std::byte{2});
    CHECK(!read.block(1));
  }

  TEST_CASE("LBA 0 is in a part of its own") {
    const auto overlay = std::make_shared<const Overlay>(three_blocks());
    CHECK(overlay_content("finish", overlay, OverlayPart::AllButFirstBlock)->chunk(0) == std::vector<LbaRange>{{7, 2}});
    const auto first = overlay_content("finish", overlay, OverlayPart::FirstBlock);
    CHECK(first->chunk_count() == 1);
    CHECK(first->chunk(0) == std::vector<LbaRange>{{0, 1}});
    CHECK(overlay_content("finish", overlay, OverlayPart::Whole)->identity().block_count == 3);
  }

  TEST_CASE("a file cut short anywhere, or longer, is refused") {
    const Bytes file = three_blocks().to_file();
    for (std::size_t length = 0; length < file.size(); ++length) {
      CAPTURE(length);
      CHECK(!Overlay::from_file(std::span(file).first(length)).ok());
    }
    Bytes longer = file;
    longer.push_back(std::byte{0});
    CHECK(!Overlay::from_file(longer).ok());
  }

  TEST_CASE("hostile lengths are refused") {
    for (const std::size_t place : {16U, 24U, 32U}) {
      Bytes file = three_blocks().to_file();
      store_le<std::uint64_t>(std::span(file).subspan(place), UINT64_MAX);
      CHECK(!Overlay::from_file(file).ok());
    }
  }
}

}  // namespace
}  // namespace relance
