#include "imager/capture/cut_chunks.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

ExtentSet all_of(const std::vector<ChunkPlan>& chunks) {
  ExtentSet blocks;
  for (const ChunkPlan& chunk : chunks) blocks.add(chunk.extents);
  return blocks;
}

TEST_SUITE("cut_chunks") {
  TEST_CASE("a chunk holds 4 MiB of used blocks, the last what is left") {
    const ExtentSet used{{0, 1000}, {2000, 500}, {9000, 600}};

    const std::vector<ChunkPlan> chunks = cut_chunks(used, {}, 4096);

    CHECK(chunks ==
          std::vector<ChunkPlan>{{{{0, 1000}, {2000, 24}}, {}}, {{{2024, 476}, {9000, 548}}, {}}, {{{9548, 52}}, {}}});
  }

  TEST_CASE("a long run of nothing has chunks of its own, a short one lies among the others") {
    const ExtentSet used{{0, 300}, {400, 2000}};
    const ExtentSet zeros{{10, 63}, {500, 1100}};

    const std::vector<ChunkPlan> chunks = cut_chunks(used, zeros, 4096);

    CHECK(chunks == std::vector<ChunkPlan>{{{{0, 300}, {400, 100}}, {{10, 63}}},
                                           {{{500, 1024}}, {{500, 1024}}},
                                           {{{1524, 76}}, {{1524, 76}}},
                                           {{{1600, 800}}, {}}});
  }

  TEST_CASE("a short run of nothing on the edge of two chunks is in both") {
    const std::vector<ChunkPlan> chunks = cut_chunks({{0, 2000}}, {{1000, 40}}, 4096);

    CHECK(chunks == std::vector<ChunkPlan>{{{{0, 1024}}, {{1000, 24}}}, {{{1024, 976}}, {{1024, 16}}}});
  }

  TEST_CASE("nothing used, no chunks; any fragments, every block once and in order") {
    CHECK(cut_chunks({}, {}, 512).empty());
    ExtentSet used;
    ExtentSet zeros;
    for (std::uint64_t i = 0; i < 30'000; ++i) used.add({i * 3, i % 3});
    for (std::uint64_t i = 5000; i < 9000; ++i) zeros.add({i * 3, i % 3});
    used.add({200'000, 5000});
    zeros.add({200'100, 4000});

    const std::vector<ChunkPlan> chunks = cut_chunks(used, zeros, 1024);

    CHECK(all_of(chunks) == used);
    std::uint64_t end = 0;
    std::uint64_t blocks = 0;
    ExtentSet planned_zeros;
    for (const ChunkPlan& chunk : chunks) {
      CHECK(chunk.extents.ranges().front().first >= end);
      CHECK(chunk.extents.block_count() <= 4096);
      CHECK(chunk.extents.covers(chunk.zeros));
      end = chunk.extents.ranges().back().end();
      blocks += chunk.extents.block_count();
      planned_zeros.add(chunk.zeros);
    }
    CHECK(blocks == used.block_count());
    CHECK(planned_zeros == zeros);
  }
}

}  // namespace
}  // namespace relance
