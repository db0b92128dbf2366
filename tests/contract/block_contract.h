#pragma once
// What every BlockReader and BlockDevice keeps, whatever stands behind it. A bench sets up one drive and takes it away
// again; a test case calls the contract with a fresh bench, which uses SUBCASE:
//
//   TEST_CASE("a file-backed drive keeps the contract") {
//     FileBench bench;
//     keeps_the_block_contract(bench);
//   }

#include <doctest/doctest.h>

#include <atomic>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "wiper/base/executor.h"
#include "wiper/device/block_buffer.h"
#include "wiper/device/block_device.h"

namespace relance {

class BlockBench {
 public:
  virtual ~BlockBench() = default;
  // The drive as it must be found: at least 64 blocks, no multiple of a usual chunk.
  virtual Geometry geometry() const = 0;
  virtual Executor& executor() = 0;
  virtual Result<std::unique_ptr<BlockDevice>> open_device() = 0;
  virtual Result<std::unique_ptr<BlockReader>> open_reader() = 0;
};

inline void fill_with(std::span<std::byte> bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::byte& each : bytes) each = static_cast<std::byte>(random());
}

// The first block that is not as wanted, or nothing.
inline std::string first_difference(std::span<const std::byte> wanted, std::span<const std::byte> actual,
                                    std::uint32_t block_bytes) {
  if (wanted.size() != actual.size()) return "another length";
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i] != actual[i]) return "first difference in block " + std::to_string(i / block_bytes);
  return "";
}

inline void keeps_the_block_contract(BlockBench& bench) {
  using namespace std::chrono_literals;
  const Geometry geometry = bench.geometry();
  const std::uint32_t block = geometry.logical_bytes;
  REQUIRE(geometry.block_count >= 64);

  SUBCASE("reader and device both know the drive's geometry") {
    CHECK(bench.open_reader().value()->geometry() == geometry);
    CHECK(bench.open_device().value()->geometry() == geometry);
  }

  SUBCASE("what was written is read, by the device and by a reader, and its neighbours stay") {
    const auto device = bench.open_device().value();
    BlockBuffer before(std::size_t{32} * block);
    BlockBuffer written(std::size_t{8} * block);
    BlockBuffer actual(std::size_t{32} * block);
    fill_with(before.bytes(), 1);
    fill_with(written.bytes(), 2);
    REQUIRE(device->write({0, 32}, before.bytes()).ok());

    REQUIRE(device->write({11, 8}, written.bytes()).ok());

    std::memcpy(before.bytes().data() + std::size_t{11} * block, written.bytes().data(), written.bytes().size());
    REQUIRE(device->read({0, 32}, actual.bytes()).ok());
    CHECK(first_difference(before.bytes(), actual.bytes(), block) == "");
    REQUIRE(device->flush().ok());
    fill_with(actual.bytes(), 3);
    REQUIRE(bench.open_reader().value()->read({0, 32}, actual.bytes()).ok());
    CHECK(first_difference(before.bytes(), actual.bytes(), block) == "");
  }

  SUBCASE("the last block can be written and read alone, and what is flushed is there after closing") {
    const std::uint64_t last = geometry.block_count - 1;
    BlockBuffer written(block);
    BlockBuffer actual(block);
    fill_with(written.bytes(), 4);
    {
      const auto device = bench.open_device().value();
      REQUIRE(device->write({last, 1}, written.bytes()).ok());
      REQUIRE(device->flush().ok());
    }

    REQUIRE(bench.open_device().value()->read({last, 1}, actual.bytes()).ok());

    CHECK(first_difference(written.bytes(), actual.bytes(), block) == "");
  }

  SUBCASE("a part of a buffer may start at any of its blocks") {
    const auto device = bench.open_device().value();
    BlockBuffer written(std::size_t{9} * block);
    BlockBuffer actual(std::size_t{9} * block);
    fill_with(written.bytes(), 5);
    fill_with(actual.bytes(), 6);

    for (std::uint64_t i = 0; i < 9; i += 3) {
      const std::size_t at = static_cast<std::size_t>(i) * block;
      REQUIRE(device->write({20 + i, 3}, written.bytes().subspan(at, std::size_t{3} * block)).ok());
      REQUIRE(device->read({20 + i, 3}, actual.bytes().subspan(at, std::size_t{3} * block)).ok());
    }

    CHECK(first_difference(written.bytes(), actual.bytes(), block) == "");
  }

  SUBCASE("blocks behind the end are an error, not a crash and not a shorter read") {
    const auto device = bench.open_device().value();
    BlockBuffer two(std::size_t{2} * block);

    for (const std::uint64_t first :
         {geometry.block_count - 1, geometry.block_count, ~std::uint64_t{0} - 1, ~std::uint64_t{0}}) {
      CAPTURE(first);
      const Result<void> read = device->read({first, 2}, two.bytes());
      const Result<void> written = device->write({first, 2}, two.bytes());
      REQUIRE(!read.ok());
      REQUIRE(!written.ok());
      CHECK(read.error().code == Errc::Invalid);
      CHECK(written.error().code == Errc::Invalid);
    }
  }

  SUBCASE("nothing read or written is well") {
    const auto device = bench.open_device().value();
    CHECK(device->read({5, 0}, {}).ok());
    CHECK(device->write({5, 0}, {}).ok());
  }

  SUBCASE("several threads write, read and flush at once, each its own blocks") {
    constexpr std::uint64_t kThreads = 4;
    constexpr std::uint64_t kRounds = 16;
    const std::uint64_t share = geometry.block_count / kThreads;
    const std::shared_ptr<BlockDevice> device = bench.open_device().value();
    auto wrong = std::make_shared<std::atomic<int>>(0);
    std::vector<std::unique_ptr<Task>> tasks;

    for (std::uint64_t thread = 0; thread < kThreads; ++thread)
      tasks.push_back(bench.executor().start("writer " + std::to_string(thread), [=] {
        BlockBuffer written(std::size_t{4} * block);
        BlockBuffer actual(std::size_t{4} * block);
        for (std::uint64_t round = 0; round < kRounds; ++round) {
          const LbaRange range{thread * share + round % (share - 3), 4};
          fill_with(written.bytes(), thread * 1000 + round);
          fill_with(actual.bytes(), 99);
          bool well = device->write(range, written.bytes()).ok();
          well = device->read(range, actual.bytes()).ok() && well;
          if (round % 5 == 0) well = device->flush().ok() && well;
          if (!well || !first_difference(written.bytes(), actual.bytes(), block).empty()) ++*wrong;
        }
      }));
    for (const auto& task : tasks) task->join();

    CHECK(wrong->load() == 0);
  }

  SUBCASE("who holds a drive holds it alone, and readers come and go beside him") {
    auto held = bench.open_device().value();

    const auto second = bench.open_device();

    REQUIRE(!second.ok());
    CHECK(second.error().code == Errc::Busy);
    CHECK(second.error().stop == Stop::DriveHeld);
    CHECK(bench.open_reader().ok());
    held.reset();
    CHECK(bench.open_device().ok());
  }
}

}  // namespace relance
