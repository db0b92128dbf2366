#include "wiper/sweep/sweep.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_drive.h"
#include "wiper/content/pattern.h"

namespace relance {
namespace {

const Geometry kSmall{.block_count = 1000, .logical_bytes = 512, .physical_bytes = 512};
constexpr std::uint64_t kChunk = 16384;  // 32 blocks: 32 chunks, the last of 8 blocks.

struct Bench {
  InlineExecutor executor;
  CountingEntropy entropy;
  MemoryDrive drive{kSmall};
  std::vector<SweepCheckpoint> checkpoints;

  SweepSetup setup() {
    return {.executor = executor,
            .entropy = entropy,
            .workers = 2,
            .checkpoint = [this](const SweepCheckpoint& checkpoint) -> Result<void> {
              checkpoints.push_back(checkpoint);
              return {};
            }};
  }
  static std::shared_ptr<Content> zeros() {
    return pattern_content("zero", constant_pattern(std::byte{0}), kSmall, {kSmall.whole()}, kChunk);
  }
  SweepReport write(const SweepSetup& with) { return Sweep(with, zeros()).write(drive); }
  ReadBack compare() { return Sweep(setup(), zeros()).compare(drive); }
};

bool is_zero(const MemoryDrive& drive, std::uint64_t lba) {
  return std::all_of(drive.platter.begin() + static_cast<std::ptrdiff_t>(lba * 512),
                     drive.platter.begin() + static_cast<std::ptrdiff_t>(lba * 512 + 512),
                     [](std::byte byte) { return byte == std::byte{0}; });
}

TEST_SUITE("sweep") {
  TEST_CASE("writes every block, flushes after the last, and says so") {
    Bench bench;

    const SweepReport report = bench.write(bench.setup());

    CHECK(report.end == SweepEnd::Complete);
    CHECK(report.written == ChunkSet{{0, 32}});
    CHECK(report.failed.empty());
    CHECK(std::count(bench.drive.platter.begin(), bench.drive.platter.end(), std::byte{0}) == 512000);
    CHECK(bench.drive.flushes >= 1);
    CHECK(bench.checkpoints.back().done == ChunkSet{{0, 32}});
    CHECK(bench.compare().is_clean());
    CHECK(bench.compare().equal() == ExtentSet{{0, 1000}});
  }

  TEST_CASE("a block that cannot be written is reported and its neighbours are still written") {
    Bench bench;
    bench.drive.unwritable = {{417, 1}, {999, 1}};

    const SweepReport report = bench.write(bench.setup());

    CHECK(report.end == SweepEnd::Complete);
    CHECK(report.failed == ExtentSet{{417, 1}, {999, 1}});
    for (std::uint64_t lba = 0; lba < 1000; ++lba) CHECK(is_zero(bench.drive, lba) == (lba != 417 && lba != 999));
  }

  TEST_CASE("what refuses is found down to one physical block, which is never tried in parts") {
    const Geometry emulated{.block_count = 1000, .logical_bytes = 512, .physical_bytes = 4096};
    struct Watchful : MemoryDrive {
      using MemoryDrive::MemoryDrive;
      Result<void> write(LbaRange range, std::span<const std::byte> bytes) override {
        are_whole = are_whole && range.first % 8 == 0 && (range.end() % 8 == 0 || range.end() == 1000);
        return MemoryDrive::write(range, bytes);
      }
      bool are_whole = true;
    };
    Bench bench;
    Watchful drive(emulated);
    drive.unwritable = {{417, 1}, {992, 1}};
    const auto zeros = pattern_content("zero", constant_pattern(std::byte{0}), emulated, {emulated.whole()}, 5 * 4096);

    const SweepReport report = Sweep(bench.setup(), zeros).write(drive);

    CHECK(report.end == SweepEnd::Complete);
    CHECK(report.failed == ExtentSet{{416, 8}, {992, 8}});
    CHECK(drive.are_whole);
    CHECK(is_zero(drive, 415));
    CHECK(is_zero(drive, 424));
  }

  TEST_CASE("a drive that spends hours on errors is given up, and what it refused is listed") {
    struct Slow : MemoryDrive {
      Slow(Geometry geometry, InlineExecutor& executor) : MemoryDrive(geometry), clock(executor) {}
      Result<void> write(LbaRange range, std::span<const std::byte> bytes) override {
        Result<void> answer = MemoryDrive::write(range, bytes);
        if (!answer.ok()) (void)clock.wait([] { return false; }, clock.now() + std::chrono::seconds(30));
        return answer;
      }
      InlineExecutor& clock;
    };
    Bench bench;
    Slow drive(kSmall, bench.executor);
    drive.unwritable = {{100, 400}};
    SweepSetup setup = bench.setup();
    setup.limits.error_time = std::chrono::minutes(10);

    const SweepReport report = Sweep(setup, Bench::zeros()).write(drive);

    CHECK(report.end == SweepEnd::TooManyErrors);
    CHECK(!report.failed.empty());
    CHECK(drive.unwritable.covers(report.failed));
    CHECK(bench.executor.now() <= Moment{std::chrono::minutes(11)});
  }

  TEST_CASE("a block that cannot be read is unproven, one that differs is named, all others are equal") {
    Bench bench;
    (void)bench.write(bench.setup());
    bench.drive.unreadable = {{5, 3}};
    bench.drive.platter[700 * 512 + 13] = std::byte{1};

    const ReadBack read_back = bench.compare();

    CHECK(read_back.end() == SweepEnd::Complete);
    CHECK(read_back.unreadable() == ExtentSet{{5, 3}});
    CHECK(read_back.differing() == ExtentSet{{700, 1}});
    CHECK(read_back.equal() == ExtentSet{{0, 5}, {8, 692}, {701, 299}});
    CHECK(!read_back.is_clean());
  }

  TEST_CASE("a read that says yes and delivers nothing proves nothing, though the buffer held the right bytes") {
    Bench bench;
    (void)bench.write(bench.setup());
    bench.drive.undelivered = {{64, 1}};

    const ReadBack read_back = bench.compare();

    CHECK(read_back.differing() == ExtentSet{{64, 32}});
    CHECK(!read_back.equal().covers(LbaRange{64, 1}));
  }

  TEST_CASE("a lost write is found by the comparison") {
    Bench bench;
    bench.drive.lost = {{320, 4}};

    (void)bench.write(bench.setup());

    CHECK(bench.compare().differing().covers(LbaRange{320, 4}));
  }

  TEST_CASE("a repair writes the blocks that differ and no others, and counts what was there") {
    Bench bench;
    (void)bench.write(bench.setup());
    bench.drive.written = {};
    SweepSetup repair = bench.setup();
    repair.only_differing = true;

    CHECK(bench.write(repair).kept_blocks == 1000);
    CHECK(bench.drive.written.empty());

    for (const std::uint64_t lba : {0, 417, 999}) bench.drive.platter[lba * 512 + 13] = std::byte{1};
    const SweepReport report = bench.write(repair);

    CHECK(report.end == SweepEnd::Complete);
    CHECK(report.written == ChunkSet{{0, 32}});
    CHECK(report.kept_blocks == 997);
    CHECK(bench.checkpoints.back().kept_blocks == 997);
    CHECK(bench.drive.written == ExtentSet{{0, 1}, {417, 1}, {999, 1}});
    CHECK(bench.compare().is_clean());
  }

  TEST_CASE("a repair writes what it cannot read, and what a read says yes to and does not deliver") {
    Bench bench;
    (void)bench.write(bench.setup());
    bench.drive.written = {};
    bench.drive.unreadable = {{5, 1}};
    bench.drive.undelivered = {{64, 1}};
    SweepSetup repair = bench.setup();
    repair.only_differing = true;

    const SweepReport report = bench.write(repair);

    CHECK(bench.drive.written == ExtentSet{{0, 32}, {64, 32}});
    CHECK(report.kept_blocks == 1000 - 64);
  }

  TEST_CASE("a resumed repair adds up what was there, and looks at no chunk of its checkpoint") {
    Bench bench;
    SweepSetup repair = bench.setup();
    repair.only_differing = true;
    repair.already = {.done = {{0, 30}}, .failed = {}, .kept_blocks = 900};

    const SweepReport report = bench.write(repair);

    CHECK(bench.drive.written == ExtentSet{{960, 40}});
    CHECK(report.kept_blocks == 900);
  }

  TEST_CASE("after a failed flush a repair believes no cache: it writes everything that no good one covers") {
    Bench bench;
    (void)bench.write(bench.setup());
    bench.drive.written = {};
    bench.drive.failing_flushes = 1;
    SweepSetup repair = bench.setup();
    repair.only_differing = true;

    const SweepReport report = bench.write(repair);

    CHECK(report.end == SweepEnd::Complete);
    CHECK(report.kept_blocks == 0);
    CHECK(bench.drive.written == ExtentSet{{0, 1000}});
  }

  TEST_CASE("a failed flush takes back all since the last good one, and they are written again") {
    Bench bench;
    bench.drive.failing_flushes = 1;

    const SweepReport report = bench.write(bench.setup());

    CHECK(report.end == SweepEnd::Complete);
    CHECK(bench.drive.writes == 64);
  }

  TEST_CASE("flushes that always fail end the sweep, and nothing counts as written") {
    Bench bench;
    bench.drive.failing_flushes = 1000;

    const SweepReport report = bench.write(bench.setup());

    CHECK(report.end == SweepEnd::FlushFailed);
    CHECK(report.written.empty());
  }

  TEST_CASE("a resumed sweep writes only what no checkpoint covers, and keeps the failures that were known") {
    Bench bench;
    SweepSetup setup = bench.setup();
    setup.already = {.done = {{0, 10}, {20, 1}}, .failed = {{3, 1}}};

    const SweepReport report = bench.write(setup);

    CHECK(report.written == ChunkSet{{0, 32}});
    CHECK(report.failed == ExtentSet{{3, 1}});
    CHECK(bench.drive.writes == 21);
    CHECK(!is_zero(bench.drive, 0));
    CHECK(is_zero(bench.drive, 320));
  }

  TEST_CASE("too many bad blocks end the sweep with the ones that were tried") {
    Bench bench;
    bench.drive.unwritable = {{100, 50}};
    SweepSetup setup = bench.setup();
    setup.limits.bad_blocks = 10;

    const SweepReport report = bench.write(setup);

    CHECK(report.end == SweepEnd::TooManyErrors);
    CHECK(report.failed.block_count() == 11);
  }

  TEST_CASE("a cancelled sweep ends between chunks") {
    Bench bench;
    SweepSetup setup = bench.setup();
    setup.gate->cancel(bench.executor);

    CHECK(bench.write(setup).end == SweepEnd::Cancelled);
    CHECK(bench.drive.writes == 0);
  }

  TEST_CASE("a checkpoint that cannot be recorded ends the sweep") {
    Bench bench;
    SweepSetup setup = bench.setup();
    setup.checkpoint = [](const SweepCheckpoint&) -> Result<void> { return Error{Errc::Io, Stop::StickGone, "gone"}; };

    CHECK(bench.write(setup).end == SweepEnd::RecordFailed);
  }
}

}  // namespace
}  // namespace relance
