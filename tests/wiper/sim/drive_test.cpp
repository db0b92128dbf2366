#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>

#include "wiper/device/block_buffer.h"
#include "wiper/sim/faulty_device.h"
#include "wiper/sim/simulated_executor.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

const Geometry kSmall{.block_count = 64};

Result<void> write_byte(BlockDevice& device, LbaRange range, int value) {
  BlockBuffer buffer(static_cast<std::size_t>(range.count) * device.geometry().logical_bytes);
  std::fill(buffer.bytes().begin(), buffer.bytes().end(), static_cast<std::byte>(value));
  return device.write(range, buffer.bytes());
}

// For each block its byte; -1 for a block of several.
std::vector<int> blocks_in(const Bytes& platter, LbaRange range, std::uint32_t block_bytes = 512) {
  std::vector<int> blocks;
  for (std::uint64_t lba = range.first; lba < range.end(); ++lba) {
    const auto block = std::span(platter).subspan(static_cast<std::size_t>(lba) * block_bytes, block_bytes);
    const bool is_one = std::all_of(block.begin(), block.end(), [&](std::byte byte) { return byte == block[0]; });
    blocks.push_back(is_one ? std::to_integer<int>(block[0]) : -1);
  }
  return blocks;
}

const int kOld = std::to_integer<int>(kFactoryContent);

TEST_SUITE("simulated drive") {
  TEST_CASE("what was written is read, but is not on the platter before a flush") {
    SimulatedDrive drive{kSmall};

    REQUIRE(write_byte(drive, {3, 2}, 7).ok());

    CHECK(blocks_in(drive.as_read(), {2, 4}) == std::vector{kOld, 7, 7, kOld});
    CHECK(blocks_in(drive.platter(), {2, 4}) == std::vector{kOld, kOld, kOld, kOld});
    REQUIRE(drive.flush().ok());
    CHECK(blocks_in(drive.platter(), {2, 4}) == std::vector{kOld, 7, 7, kOld});
  }

  TEST_CASE("at a power cut unflushed writes land, are lost or are torn, by the seed; flushed ones stay") {
    bool landed = false;
    bool lost = false;
    bool torn = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      SimulatedDrive drive{kSmall, {.seed = seed}};
      REQUIRE(write_byte(drive, {0, 4}, 1).ok());
      REQUIRE(drive.flush().ok());
      REQUIRE(write_byte(drive, {8, 4}, 2).ok());

      drive.cut_power();

      CHECK(drive.platter() == drive.as_read());
      CHECK(blocks_in(drive.platter(), {0, 4}) == std::vector{1, 1, 1, 1});
      const auto count = std::ranges::count(blocks_in(drive.platter(), {8, 4}), 2);
      landed = landed || count == 4;
      lost = lost || count == 0;
      torn = torn || (count > 0 && count < 4);
    }
    CHECK(landed);
    CHECK(lost);
    CHECK(torn);
  }

  TEST_CASE(
      "of two unflushed writes to one block the older may win at a power cut, but not once the newer was flushed") {
    bool older_won = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      SimulatedDrive drive{kSmall, {.seed = seed}};
      REQUIRE(write_byte(drive, {0, 1}, 1).ok());
      REQUIRE(write_byte(drive, {0, 1}, 2).ok());
      drive.cut_power();
      older_won = older_won || blocks_in(drive.platter(), {0, 1}) == std::vector{1};

      SimulatedDrive flushed{kSmall, {.seed = seed}};
      REQUIRE(write_byte(flushed, {0, 1}, 1).ok());
      CHECK(!flushed.fail_flush().ok());
      REQUIRE(write_byte(flushed, {0, 1}, 2).ok());
      REQUIRE(flushed.flush().ok());
      flushed.cut_power();
      CHECK(blocks_in(flushed.platter(), {0, 1}) == std::vector{2});
    }
    CHECK(older_won);
  }

  TEST_CASE("a flush covers only writes that had returned before it began") {
    bool escaped = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      SimulatedExecutor executor(seed);
      SimulatedDrive drive{kSmall, {.seed = seed}};
      drive.plug_into(std::make_shared<Seam>(executor), "A");
      const auto flusher = executor.start("flusher", [&] { CHECK(drive.flush().ok()); });
      const auto writer = executor.start("writer", [&] { CHECK(write_byte(drive, {0, 1}, 1).ok()); });

      flusher->join();
      writer->join();

      escaped = escaped || blocks_in(drive.platter(), {0, 1}) == std::vector{kOld};
      REQUIRE(drive.flush().ok());
      CHECK(blocks_in(drive.platter(), {0, 1}) == std::vector{1});
    }
    CHECK(escaped);
  }

  TEST_CASE("after a failed flush a later one does not cover what was in the cache") {
    bool lost = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      SimulatedDrive drive{kSmall, {.seed = seed}};
      REQUIRE(write_byte(drive, {0, 1}, 1).ok());
      CHECK(!drive.fail_flush().ok());
      REQUIRE(drive.flush().ok());
      CHECK(blocks_in(drive.as_read(), {0, 1}) == std::vector{1});

      drive.cut_power();

      lost = lost || blocks_in(drive.platter(), {0, 1}) == std::vector{kOld};
    }
    CHECK(lost);
  }

  TEST_CASE("without power every call answers Gone and nothing lands") {
    SimulatedExecutor executor(1);
    SimulatedDrive drive{kSmall};
    const auto seam = std::make_shared<Seam>(executor);
    drive.plug_into(seam, "A");
    seam->cut_power();

    CHECK(write_byte(drive, {0, 1}, 1).error().code == Errc::Gone);
    CHECK(drive.flush().error().code == Errc::Gone);
    BlockBuffer buffer(512);
    CHECK(drive.read({0, 1}, buffer.bytes()).error().code == Errc::Gone);

    drive.cut_power();
    CHECK(blocks_in(drive.platter(), {0, 1}) == std::vector{kOld});
  }

  TEST_CASE("the write during which the power goes may land all the same") {
    bool landed = false;
    bool lost = false;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
      SimulatedExecutor executor(seed);
      SimulatedDrive drive{kSmall, {.seed = seed}};
      const auto seam = std::make_shared<Seam>(executor);
      drive.plug_into(seam, "A");
      seam->cut_power_at(1);
      CHECK(write_byte(drive, {0, 1}, 1).error().code == Errc::Gone);

      drive.cut_power();

      const bool is_there = blocks_in(drive.platter(), {0, 1}) == std::vector{1};
      landed = landed || is_there;
      lost = lost || !is_there;
    }
    CHECK(landed);
    CHECK(lost);
  }
}

TEST_SUITE("faulty device") {
  TEST_CASE("a block that cannot be written stays, says so, and its neighbours can be written") {
    SimulatedDrive drive{kSmall};
    FaultyDevice faulty{drive, FaultPlan{}.fail_writes_at(Lba{17})};

    const Result<void> written = write_byte(faulty, {17, 1}, 1);

    REQUIRE(!written.ok());
    CHECK(written.error().code == Errc::Io);
    CHECK(write_byte(faulty, {16, 1}, 1).ok());
    CHECK(write_byte(faulty, {18, 1}, 1).ok());
    CHECK(blocks_in(drive.as_read(), {16, 3}) == std::vector{1, kOld, 1});
  }

  TEST_CASE("a lost write says done and changes nothing; the next one lands") {
    SimulatedDrive drive{kSmall};
    FaultyDevice faulty{drive, FaultPlan{}.lose_write(1)};

    CHECK(write_byte(faulty, {0, 1}, 1).ok());
    CHECK(write_byte(faulty, {1, 1}, 1).ok());

    CHECK(blocks_in(drive.as_read(), {0, 2}) == std::vector{kOld, 1});
  }

  TEST_CASE("a misdirected write lands elsewhere on the same drive") {
    SimulatedDrive drive{kSmall};
    FaultyDevice faulty{drive, FaultPlan{}.misdirect_write(1)};

    CHECK(write_byte(faulty, {8, 4}, 1).ok());

    const std::vector<int> blocks = blocks_in(drive.as_read(), kSmall.whole());
    CHECK(std::ranges::count(blocks, 1) == 4);
    CHECK(!std::all_of(blocks.begin() + 8, blocks.begin() + 12, [](int block) { return block == 1; }));
  }

  TEST_CASE("a torn write says done and at least one block is missing") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      SimulatedDrive drive{kSmall};
      FaultyDevice faulty{drive, FaultPlan{}.tear_write(1), seed};

      CHECK(write_byte(faulty, {8, 8}, 1).ok());

      CHECK(std::ranges::count(blocks_in(drive.as_read(), {8, 8}), kOld) >= 1);
    }
  }

  TEST_CASE("a read that delivers nothing says done and leaves the end of the buffer as it was") {
    SimulatedDrive drive{kSmall};
    FaultyDevice faulty{drive, FaultPlan{}.deliver_nothing(1)};
    BlockBuffer buffer(std::size_t{4} * 512);
    std::fill(buffer.bytes().begin(), buffer.bytes().end(), std::byte{0x55});

    CHECK(faulty.read({0, 4}, buffer.bytes()).ok());

    CHECK(buffer.bytes().back() == std::byte{0x55});
    CHECK(faulty.read({0, 4}, buffer.bytes()).ok());
    CHECK(buffer.bytes().back() == kFactoryContent);
  }

  TEST_CASE("a read of other blocks says done") {
    SimulatedDrive drive{{.block_count = 2}};
    REQUIRE(write_byte(drive, {1, 1}, 9).ok());
    FaultyDevice faulty{drive, FaultPlan{}.read_elsewhere(1)};
    BlockBuffer buffer(512);

    CHECK(faulty.read({0, 1}, buffer.bytes()).ok());

    CHECK(buffer.bytes()[0] == std::byte{9});
  }

  TEST_CASE("a drive that vanished answers Gone to everything") {
    SimulatedDrive drive{kSmall};
    FaultyDevice faulty{drive, FaultPlan{}.vanish(2)};

    CHECK(write_byte(faulty, {0, 1}, 1).ok());
    CHECK(write_byte(faulty, {1, 1}, 1).error().code == Errc::Gone);
    CHECK(faulty.flush().error().code == Errc::Gone);
    CHECK(faulty.has_vanished());
  }

  TEST_CASE("a hang takes its time, and for ever ends with the power") {
    SimulatedExecutor executor(1);
    SimulatedDrive drive{kSmall};
    const auto seam = std::make_shared<Seam>(executor);
    drive.plug_into(seam, "A");
    FaultyDevice faulty{drive, FaultPlan{}.hang(1, 1h).hang(2, kForEver)};
    Errc ended = Errc::Io;

    CHECK(write_byte(faulty, {0, 1}, 1).ok());
    CHECK(executor.now() >= Moment{1h});
    const auto stuck = executor.start("stuck", [&] { ended = write_byte(faulty, {1, 1}, 1).error().code; });
    executor.sleep(100h);
    CHECK(!stuck->finished());
    seam->cut_power();
    stuck->join();

    CHECK(ended == Errc::Gone);
  }

  TEST_CASE("what came through is recorded with what struck it") {
    SimulatedDrive drive{kSmall};
    FaultyDevice faulty{drive, FaultPlan{}.lose_write(1)};

    CHECK(write_byte(faulty, {5, 1}, 1).ok());
    CHECK(faulty.flush().ok());

    REQUIRE(faulty.accesses().size() == 2);
    CHECK(faulty.accesses()[0].fault == FaultKind::LostWrite);
    CHECK(faulty.accesses()[0].range == LbaRange{5, 1});
    CHECK(faulty.accesses()[1].operation == DriveOperation::Flush);
  }
}

}  // namespace
}  // namespace relance
