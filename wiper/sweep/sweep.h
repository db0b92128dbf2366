#pragma once
// One Content over one device: write it, or read it back and compare. The only code of the house that writes blocks.
//
// There is no queue: K equal workers own their aligned buffers and loop claim → fill → write (or spoil → read → compare)
// → record. The calling thread makes the checkpoints: copy the set of chunks whose writes have returned, then flush the
// device, then hand the copy to the journal, while the workers go on. A failed flush takes back all since the last good one.

#include <functional>
#include <memory>

#include "wiper/base/entropy.h"
#include "wiper/base/executor.h"
#include "wiper/content/content.h"
#include "wiper/sweep/gate.h"

namespace relance {

using ChunkSet = ExtentSet;  // Ranges of chunk numbers of one content.

// A sample for screens and the supervisor, never evidence. Workers add, anybody reads.
struct SweepProgress {
  std::atomic<std::uint64_t> bytes_done{0};
  std::atomic<std::uint64_t> bytes_total{0};
  std::atomic<std::uint64_t> bad_blocks{0};
  std::atomic<std::int64_t> error_ns{0};  // Spent in calls that failed, in this sweep.
  // Of a drive that was given up as too slow: the speed, and what the sweep would still have taken.
  std::atomic<std::uint64_t> slow_bytes_per_s{0};
  std::atomic<std::uint64_t> slow_seconds_left{0};
  std::atomic<std::uint64_t> operations{
      0};  // Grows with every call into the device that returned: the supervisor's pulse.
  // The power may go soon: checkpoints come at least every kHurriedCheckpoint. Written by the supervisor.
  std::atomic<bool> is_hurried{false};
};

inline constexpr nanoseconds kHurriedCheckpoint = std::chrono::seconds(10);

struct SweepLimits {
  std::uint64_t bad_blocks = 100000;  // More than these: the drive is scrap, and each one may cost seconds.
  std::uint64_t ranges = 10000;       // Separate ranges that differ: a journal line stays below a megabyte.
  unsigned flush_failures = 3;        // In a row.
  nanoseconds error_time =
      std::chrono::hours(2);  // Of one sweep, in calls that failed: a scratch may take seconds a block.
  // Too slow: below this speed over the whole of `slow_look`, errors and pauses aside, and more than this still to go.
  std::uint64_t slow_bytes_per_s = 10'000'000;
  nanoseconds slow_left = std::chrono::hours(24);
  nanoseconds slow_look = std::chrono::minutes(10);
};

enum class SweepEnd : std::uint8_t {
  Complete,
  Cancelled,
  DriveGone,
  TooManyErrors,
  ContentFailed,
  RecordFailed,
  FlushFailed,
  TooSlow
};
template <>
struct EnumNames<SweepEnd> {
  static constexpr std::array<std::string_view, 8> names{"complete",        "cancelled",      "drive-gone",
                                                         "too-many-errors", "content-failed", "record-failed",
                                                         "flush-failed",    "too-slow"};
};

// What a write sweep did. `written` counts a chunk once its writes have returned and a flush after them has succeeded;
// `failed` are its blocks that refused.
struct SweepReport {
  ContentIdentity content;
  SweepEnd end = SweepEnd::Complete;
  ChunkSet written;
  ExtentSet failed;
  std::string detail;  // English; why it ended, if not complete.
  // Of `written`: blocks that already held what they should and were left alone. Nothing: an earlier version's line.
  std::optional<std::uint64_t> kept_blocks = 0;

  static constexpr auto fields() {
    return std::tuple{field("content", &SweepReport::content), field("end", &SweepReport::end),
                      field("written", &SweepReport::written), field("failed", &SweepReport::failed),
                      field("detail", &SweepReport::detail),   field("kept_blocks", &SweepReport::kept_blocks)};
  }
  bool operator==(const SweepReport&) const = default;
};

// Sealed: made by Sweep::compare only, and by the journal's reader from what compare() had reported. Blocks in none of
// the three sets were not read, and nothing is claimed of them.
class ReadBack {
 public:
  const ContentIdentity& content() const { return content_; }
  SweepEnd end() const { return end_; }
  const ExtentSet& equal() const { return equal_; }          // Read, and as the content says. Only grows.
  const ExtentSet& differing() const { return differing_; }  // Read, and not so.
  const ExtentSet& unreadable() const { return unreadable_; }
  std::optional<std::byte> constant() const { return constant_; }
  const std::string& detail() const { return detail_; }
  bool is_clean() const { return end_ == SweepEnd::Complete && differing_.empty() && unreadable_.empty(); }

  bool operator==(const ReadBack&) const = default;

 private:
  friend class Sweep;
  friend class ReadBackRecord;  // wiper/journal: to an event and back.
  ContentIdentity content_;
  SweepEnd end_ = SweepEnd::Complete;
  ExtentSet equal_;
  ExtentSet differing_;
  ExtentSet unreadable_;
  std::optional<std::byte> constant_;
  std::string detail_;
};

struct SweepCheckpoint {
  ChunkSet done;
  ExtentSet failed;
  std::uint64_t kept_blocks = 0;  // Of `done`: as in SweepReport.
};

struct SweepSetup {
  Executor& executor;
  Entropy& entropy;  // For spoiling.
  std::shared_ptr<SweepProgress> progress = std::make_shared<SweepProgress>();
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  unsigned workers = 2;
  SweepLimits limits = {};
  nanoseconds checkpoint_interval = std::chrono::seconds(30);  // What a power cut costs at most, plus one flush.
  // Write sweeps only. An error ends the sweep with RecordFailed.
  std::function<Result<void>(const SweepCheckpoint&)> checkpoint = nullptr;
  SweepCheckpoint already = {};  // From the journal: not written again.
  // Write sweeps: each chunk is read first, and only blocks that differ are written. That reading decides what is written
  // and proves nothing: proofs are compare()'s.
  bool only_differing = false;
};

// The device, the content and the setup's references outlive the call; the calling thread waits for the workers, so a
// worker that hangs in the device keeps it waiting (the supervisor notices).
class Sweep {
 public:
  Sweep(SweepSetup setup, std::shared_ptr<Content> content) : setup_(std::move(setup)), content_(std::move(content)) {}

  SweepReport write(BlockDevice& device);
  ReadBack compare(BlockReader& device);

 private:
  SweepSetup setup_;
  std::shared_ptr<Content> content_;
};

}  // namespace relance
