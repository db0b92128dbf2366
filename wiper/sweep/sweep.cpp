#include "wiper/sweep/sweep.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>

#include "wiper/base/split_mix64.h"
#include "wiper/device/block_buffer.h"

namespace relance {
namespace {

// A run of one chunk: a range of blocks and where its bytes are in the worker's buffer.
struct Piece {
  LbaRange range;
  std::span<std::byte> bytes;

  Piece part(std::uint64_t first, std::uint64_t count, std::uint32_t block_bytes) const {
    return {
        {range.first + first, count},
        bytes.subspan(static_cast<std::size_t>(first) * block_bytes, static_cast<std::size_t>(count) * block_bytes)};
  }
};

std::vector<Piece> pieces_of(std::span<const LbaRange> ranges, std::span<std::byte> buffer, std::uint32_t block_bytes) {
  std::vector<Piece> pieces;
  std::size_t offset = 0;
  for (const LbaRange range : ranges) {
    const std::size_t size = static_cast<std::size_t>(range.count) * block_bytes;
    pieces.push_back({range, buffer.subspan(offset, size)});
    offset += size;
  }
  return pieces;
}

// Halves a range that failed as a whole down to single physical blocks, so that only what really refuses is lost: a part of
// one would have to be read by the drive before it could be written. After a failure it goes on from the far side of what
// is left: a scratch is a run of blocks, and each of them costs seconds.
class Bisection {
 public:
  struct Outcome {
    ExtentSet bad;      // Tried one by one, and refused.
    bool whole = true;  // False: told to stop in the middle; nothing is known of the rest.
  };

  // `act` tries one piece; `go_on(bad)` hears of each bad block and says whether to continue.
  Bisection(const Geometry& geometry, std::function<Result<void>(const Piece&)> act,
            std::function<bool(std::uint64_t)> go_on)
      : block_bytes_(geometry.logical_bytes),
        unit_(geometry.physical_bytes / geometry.logical_bytes),
        act_(std::move(act)),
        go_on_(std::move(go_on)) {}

  // An error only when the drive is gone.
  Result<Outcome> run(std::span<const Piece> pieces) {
    Outcome outcome;
    for (const Piece& piece : pieces) {
      // What cannot be halved is tried twice, as every part of a larger piece is: failing once makes no bad block.
      if (outcome.whole && is_unit(piece.range)) {
        const Result<void> tried = act_(piece);
        if (tried.ok()) continue;
        if (tried.error().code == Errc::Gone) return tried.error();
        outcome.whole = go_on_(0);
      }
      TRY(halve(piece, /*from_end=*/false, outcome));
    }
    return outcome;
  }

 private:
  Result<void> halve(const Piece& piece, bool from_end, Outcome& outcome) {
    if (!outcome.whole) return {};
    const Result<void> tried = act_(piece);
    if (tried.ok()) return {};
    if (tried.error().code == Errc::Gone) return tried.error();
    const bool is_block = is_unit(piece.range);
    if (is_block) outcome.bad.add(piece.range);
    outcome.whole = go_on_(is_block ? piece.range.count : 0);
    if (is_block) return {};

    const std::uint64_t half = half_of(piece.range);
    const Piece front = piece.part(0, half, block_bytes_);
    const Piece back = piece.part(half, piece.range.count - half, block_bytes_);
    TRY(halve(from_end ? back : front, from_end, outcome));
    // What remains is entered from its far end: the near end touches what has just failed.
    TRY(halve(from_end ? front : back, !from_end, outcome));
    return {};
  }

  // Of one physical block.
  bool is_unit(LbaRange range) const { return range.first / unit_ == (range.end() - 1) / unit_; }

  // Blocks up to a boundary near the middle; there is one inside.
  std::uint64_t half_of(LbaRange range) const {
    const std::uint64_t middle = range.first + range.count / 2;
    const std::uint64_t below = middle / unit_ * unit_;
    return (below > range.first ? below : below + unit_) - range.first;
  }

  std::uint32_t block_bytes_;
  std::uint64_t unit_;  // Logical blocks of a physical one.
  std::function<Result<void>(const Piece&)> act_;
  std::function<bool(std::uint64_t)> go_on_;
};

// Spoils a few bytes of each block before it is read, so that a read that says yes and delivers nothing cannot leave an
// earlier chunk's right bytes in the buffer. Eight random bytes at a random place: what is left by chance is 2^-64.
class Spoiler {
 public:
  explicit Spoiler(Entropy& entropy) : junk_(seed_from(entropy)) {}

  void spoil(std::span<std::byte> bytes, std::uint32_t block_bytes) {
    for (std::size_t offset = 0; offset < bytes.size(); offset += block_bytes) {
      const std::uint64_t place = junk_.next() % (block_bytes / 8) * 8;
      const std::uint64_t junk = junk_.next();
      std::memcpy(bytes.data() + offset + place, &junk, sizeof junk);
    }
  }

 private:
  static std::uint64_t seed_from(Entropy& entropy) {
    std::uint64_t seed = 0;
    entropy.fill(std::as_writable_bytes(std::span(&seed, 1)));
    return seed;
  }

  SplitMix64 junk_;  // Need not be secret, only not be guessed by a broken drive.
};

// What all workers of one sweep share. The mutex is never held over a call into device, content, journal or executor.
class Crew {
 public:
  Crew(SweepSetup& setup, Content& content, Geometry geometry, std::uint64_t chunk_count)
      : setup_(setup), content_(content), geometry_(geometry), chunk_count_(chunk_count) {}

  const Geometry& geometry() const { return geometry_; }
  Content& content() { return content_; }
  SweepSetup& setup() { return setup_; }

  // The next chunk to do, lowest first; nothing when all are claimed, somebody has stopped the sweep, or it is cancelled.
  std::optional<std::uint64_t> claim() {
    if (!setup_.gate->pass(setup_.executor)) {
      stop(SweepEnd::Cancelled, "cancelled");
      return std::nullopt;
    }
    const std::lock_guard lock(mutex_);
    if (end_ != SweepEnd::Complete) return std::nullopt;
    if (!returned_.empty()) {
      const std::uint64_t index = returned_.ranges()[0].first;
      returned_.subtract({index, 1});
      return index;
    }
    while (next_ < chunk_count_ && skipped_.covers(LbaRange{next_, 1})) ++next_;
    if (next_ >= chunk_count_) return std::nullopt;
    return next_++;
  }

  void skip(const ChunkSet& chunks) { skipped_ = chunks; }  // Before the workers start.

  // A flush has failed: what no good one covers must be written again. So must what is on its way to record_written():
  // its writes may have reached the cache before.
  void take_back_all_but(const ChunkSet& durable) {
    const std::lock_guard lock(mutex_);
    returned_.add(without(done_, durable));
    done_ = durable;
    ++failed_flushes_;
  }

  // A worker asks before its first write, and hands the answer to record_written().
  std::uint64_t failed_flushes() const {
    const std::lock_guard lock(mutex_);
    return failed_flushes_;
  }

  // `kept`: what of the ranges was there already.
  void record_written(std::uint64_t index, std::span<const LbaRange> ranges, const Bisection::Outcome& outcome,
                      const ExtentSet& kept, std::uint64_t failed_flushes_before) {
    const std::lock_guard lock(mutex_);
    const bool is_in_doubt = failed_flushes_before != failed_flushes_;
    if (outcome.whole) (is_in_doubt ? returned_ : done_).add({index, 1});
    for (const LbaRange range : ranges) {  // A second try of a chunk replaces the first.
      failed_.subtract(range);
      kept_.subtract(range);
    }
    failed_.add(outcome.bad);
    kept_.add(kept);
    ++written_count_;
  }

  // Chunks that record_written() has heard of, second tries too.
  std::uint64_t written_count() const {
    const std::lock_guard lock(mutex_);
    return written_count_;
  }

  void record_compared(const ExtentSet& equal, const ExtentSet& differing, const ExtentSet& unreadable) {
    bool too_many = false;
    {
      const std::lock_guard lock(mutex_);
      equal_.add(equal);
      differing_.add(differing);
      failed_.add(unreadable);
      too_many = differing_.ranges().size() > setup_.limits.ranges;
    }
    if (too_many)
      stop(SweepEnd::TooManyErrors, "more than " + std::to_string(setup_.limits.ranges) + " separate ranges differ");
  }

  // The first reason counts.
  void stop(SweepEnd end, std::string detail) {
    {
      const std::lock_guard lock(mutex_);
      if (end_ == SweepEnd::Complete) {
        end_ = end;
        detail_ = std::move(detail);
      }
    }
    setup_.executor.notify();
  }

  bool is_stopped() const {
    const std::lock_guard lock(mutex_);
    return end_ != SweepEnd::Complete;
  }

  // Inside a chunk that has errors: each of them may cost seconds. False: leave it.
  bool may_go_on(std::uint64_t more_bad) {
    setup_.progress->bad_blocks += more_bad;
    if (setup_.progress->bad_blocks > setup_.limits.bad_blocks)
      stop(SweepEnd::TooManyErrors, "more than " + std::to_string(setup_.limits.bad_blocks) + " bad blocks");
    if (nanoseconds(setup_.progress->error_ns) > setup_.limits.error_time)
      stop(SweepEnd::TooManyErrors,
           "more than " +
               std::to_string(std::chrono::duration_cast<std::chrono::minutes>(setup_.limits.error_time).count()) +
               " minutes in calls that failed");
    if (setup_.gate->is_cancelled()) stop(SweepEnd::Cancelled, "cancelled");
    return !is_stopped();
  }

  // A call into the device, timed if it fails.
  template <class Call>
  Result<void> attempt(Call call) {
    const Moment before = setup_.executor.now();
    Result<void> answer = call();
    if (!answer.ok()) setup_.progress->error_ns += (setup_.executor.now() - before).count();
    ++setup_.progress->operations;
    return answer;
  }

  struct Snapshot {
    SweepEnd end;
    std::string detail;
    ChunkSet done;
    ExtentSet failed;
    ExtentSet equal;
    ExtentSet differing;
    std::uint64_t kept_blocks;
  };
  Snapshot snapshot() const {
    const std::lock_guard lock(mutex_);
    return {end_, detail_, done_, failed_, equal_, differing_, kept_.block_count()};
  }

 private:
  SweepSetup& setup_;
  Content& content_;
  const Geometry geometry_;
  const std::uint64_t chunk_count_;
  ChunkSet skipped_;

  mutable std::mutex mutex_;  // Of all below.
  std::uint64_t next_ = 0;
  ChunkSet returned_;  // To be written again.
  ChunkSet done_;      // Writes have returned, and no flush has failed since they began.
  std::uint64_t failed_flushes_ = 0;
  std::uint64_t written_count_ = 0;
  ExtentSet failed_;
  ExtentSet kept_;
  ExtentSet equal_;
  ExtentSet differing_;
  SweepEnd end_ = SweepEnd::Complete;
  std::string detail_;
};

// What a drive holds before it is written.
class Looker {
 public:
  Looker(Crew& crew, BlockDevice& device, std::size_t buffer_bytes)
      : crew_(crew), device_(device), buffer_(buffer_bytes), spoiler_(crew.setup().entropy) {}

  // Back to back; until the next call. Nothing where reading fails: a drive that is gone says so again when it is written.
  std::optional<std::span<const std::byte>> read(std::span<const LbaRange> ranges) {
    const std::uint32_t block_bytes = crew_.geometry().logical_bytes;
    const std::span<std::byte> bytes = buffer_.first(static_cast<std::size_t>(block_count(ranges)) * block_bytes);
    for (const Piece& piece : pieces_of(ranges, bytes, block_bytes)) {
      spoiler_.spoil(piece.bytes, block_bytes);
      const Result<void> got = device_.read(piece.range, piece.bytes);
      ++crew_.setup().progress->operations;
      if (!got.ok()) return std::nullopt;
    }
    return bytes;
  }

 private:
  Crew& crew_;
  BlockDevice& device_;
  BlockBuffer buffer_;
  Spoiler spoiler_;
};

class Writer {
 public:
  Writer(Crew& crew, BlockDevice& device, std::size_t buffer_bytes)
      : crew_(crew), device_(device), buffer_(buffer_bytes) {
    if (crew.setup().only_differing) looker_ = std::make_unique<Looker>(crew, device, buffer_bytes);
  }

  void run() {
    while (const std::optional<std::uint64_t> index = crew_.claim())
      if (!write_chunk(*index)) return;
  }

 private:
  bool write_chunk(std::uint64_t index) {
    const std::vector<LbaRange> ranges = crew_.content().chunk(index);
    const std::uint32_t block_bytes = crew_.geometry().logical_bytes;
    const std::span<std::byte> bytes = buffer_.first(static_cast<std::size_t>(block_count(ranges)) * block_bytes);
    const std::uint64_t failed_flushes = crew_.failed_flushes();
    // Once a flush has failed a drive may read from its cache what no later flush brings to the platter.
    const bool looks_first = looker_ && failed_flushes == 0;
    const std::optional<ExtentSet> kept =
        looks_first ? fill_unless_there(index, ranges, bytes) : fill_all(index, bytes);
    if (!kept) return false;

    Bisection bisection(
        crew_.geometry(), [this](const Piece& piece) { return write(piece); },
        [this](std::uint64_t bad) { return crew_.may_go_on(bad); });
    const Result<Bisection::Outcome> outcome =
        bisection.run(without_kept(pieces_of(ranges, bytes, block_bytes), *kept, block_bytes));
    if (!outcome.ok()) {
      crew_.stop(SweepEnd::DriveGone, outcome.error().detail);
      return false;
    }
    crew_.record_written(index, ranges, outcome.value(), *kept, failed_flushes);
    crew_.setup().progress->bytes_done += bytes.size();
    return outcome.value().whole;
  }

  // Both say which blocks of the chunk are there already. Nothing: the sweep has ended.
  std::optional<ExtentSet> fill_all(std::uint64_t index, std::span<std::byte> bytes) {
    if (!fill(index, bytes)) return std::nullopt;
    return ExtentSet{};
  }
  std::optional<ExtentSet> fill_unless_there(std::uint64_t index, std::span<const LbaRange> ranges,
                                             std::span<std::byte> bytes) {
    const std::optional<std::span<const std::byte>> held = looker_->read(ranges);
    if (!held) return fill_all(index, bytes);
    constant_bytes_ = 0;  // `bytes` is about to be used.
    const Result<ExtentSet> differing = crew_.content().differing(index, *held, bytes);
    if (!differing.ok()) {
      crew_.stop(SweepEnd::ContentFailed, differing.error().detail);
      return std::nullopt;
    }
    ExtentSet kept;
    for (const LbaRange range : ranges) kept.add(range);
    if (differing.value().empty()) return kept;
    if (!fill(index, bytes)) return std::nullopt;
    // A hash knows only that something differs.
    kept.subtract(differing_blocks(ranges, crew_.geometry().logical_bytes, *held, bytes));
    return kept;
  }

  static std::vector<Piece> without_kept(std::vector<Piece> pieces, const ExtentSet& kept, std::uint32_t block_bytes) {
    if (kept.empty()) return pieces;
    std::vector<Piece> rest;
    for (const Piece& piece : pieces) {
      const ExtentSet wrong = kept.complement(piece.range);
      for (const LbaRange range : wrong.ranges())
        rest.push_back(piece.part(range.first - piece.range.first, range.count, block_bytes));
    }
    return rest;
  }

  bool fill(std::uint64_t index, std::span<std::byte> bytes) {
    if (crew_.content().constant() && bytes.size() <= constant_bytes_) return true;  // The buffer holds it already.
    const Result<void> filled = crew_.content().fill(index, bytes);
    if (!filled.ok()) {
      crew_.stop(SweepEnd::ContentFailed, filled.error().detail);
      return false;
    }
    if (crew_.content().constant()) constant_bytes_ = bytes.size();
    return true;
  }

  Result<void> write(const Piece& piece) {
    return crew_.attempt([&] { return device_.write(piece.range, piece.bytes); });
  }

  Crew& crew_;
  BlockDevice& device_;
  BlockBuffer buffer_;
  std::unique_ptr<Looker> looker_;  // If only what differs is written.
  std::size_t constant_bytes_ = 0;
};

class Comparer {
 public:
  Comparer(Crew& crew, BlockReader& device, std::size_t buffer_bytes)
      : crew_(crew), device_(device), buffer_(buffer_bytes), scratch_(buffer_bytes), spoiler_(crew.setup().entropy) {}

  void run() {
    while (const std::optional<std::uint64_t> index = crew_.claim())
      if (!compare_chunk(*index)) return;
  }

 private:
  bool compare_chunk(std::uint64_t index) {
    const std::vector<LbaRange> ranges = crew_.content().chunk(index);
    const std::uint32_t block_bytes = crew_.geometry().logical_bytes;
    const std::span<std::byte> bytes = buffer_.first(static_cast<std::size_t>(block_count(ranges)) * block_bytes);

    Bisection bisection(
        crew_.geometry(), [this](const Piece& piece) { return read(piece); },
        [this](std::uint64_t bad) { return crew_.may_go_on(bad); });
    const Result<Bisection::Outcome> outcome = bisection.run(pieces_of(ranges, bytes, block_bytes));
    if (!outcome.ok()) {
      crew_.stop(SweepEnd::DriveGone, outcome.error().detail);
      return false;
    }
    const ExtentSet& unreadable = outcome.value().bad;
    if (!outcome.value().whole) {
      crew_.record_compared({}, {}, unreadable);
      return false;
    }
    if (!judge(index, ranges, bytes, unreadable)) return false;
    crew_.setup().progress->bytes_done += bytes.size();
    return true;
  }

  bool judge(std::uint64_t index, std::span<const LbaRange> ranges, std::span<const std::byte> bytes,
             const ExtentSet& unreadable) {
    if (crew_.content().compares_by_hash() &&
        !unreadable.empty()) {  // The other blocks have no hash of their own: unproven.
      crew_.record_compared({}, {}, unreadable);
      return true;
    }
    const Result<ExtentSet> compared = crew_.content().differing(index, bytes, scratch_.first(bytes.size()));
    if (!compared.ok()) {
      crew_.stop(SweepEnd::ContentFailed, compared.error().detail);
      return false;
    }
    const ExtentSet differing = without(compared.value(), unreadable);
    ExtentSet equal;
    for (const LbaRange range : ranges) equal.add(range);
    equal.subtract(differing);
    equal.subtract(unreadable);
    crew_.record_compared(equal, differing, unreadable);
    return true;
  }

  Result<void> read(const Piece& piece) {
    spoiler_.spoil(piece.bytes, crew_.geometry().logical_bytes);
    return crew_.attempt([&] { return device_.read(piece.range, piece.bytes); });
  }

  Crew& crew_;
  BlockReader& device_;
  BlockBuffer buffer_;
  BlockBuffer scratch_;
  Spoiler spoiler_;
};

class Workers {
 public:
  Workers(Executor& executor, unsigned count, std::string_view name, const std::function<void()>& body)
      : executor_(executor), left_(count) {
    for (unsigned i = 0; i < count; ++i)
      tasks_.push_back(executor.start(std::string(name) + "-" + std::to_string(i + 1), [this, body] {
        body();
        --left_;
        executor_.notify();
      }));
  }
  bool are_done() const { return left_ == 0; }
  void join() {
    for (const auto& task : tasks_) task->join();
  }

 private:
  Executor& executor_;
  std::atomic<unsigned> left_;  // Each worker takes itself off; the calling thread waits for 0.
  std::vector<std::unique_ptr<Task>> tasks_;
};

// The calling thread's part of a write sweep.
class Checkpointer {
 public:
  Checkpointer(Crew& crew, BlockDevice& device) : crew_(crew), device_(device), already_(crew.setup().already) {}

  // A flush that has nothing to make durable would be the pulse of a drive on which every write hangs.
  void checkpoint_if_written() {
    if (crew_.written_count() != written_count_) checkpoint();
  }

  // The order is the point: copy what has returned, flush, journal the copy.
  void checkpoint() {
    written_count_ = crew_.written_count();
    const Crew::Snapshot copy = crew_.snapshot();
    const Result<void> flushed = device_.flush();
    ++crew_.setup().progress->operations;
    if (!flushed.ok()) return flush_failed(flushed.error());
    flush_failures_ = 0;
    durable_ = copy.done;
    durable_failed_ = copy.failed;
    durable_kept_ = copy.kept_blocks;
    record();
  }

  ChunkSet durable() const { return united(durable_, already_.done); }
  ExtentSet durable_failed() const { return united(durable_failed_, already_.failed); }
  std::uint64_t durable_kept() const { return durable_kept_ + already_.kept_blocks; }

 private:
  // Nobody knows which writes since the last good flush are on the platter, and a later flush says nothing about them.
  void flush_failed(const Error& error) {
    crew_.take_back_all_but(durable_);
    if (error.code == Errc::Gone) return crew_.stop(SweepEnd::DriveGone, error.detail);
    if (++flush_failures_ >= crew_.setup().limits.flush_failures) crew_.stop(SweepEnd::FlushFailed, error.detail);
  }

  void record() {
    if (!crew_.setup().checkpoint) return;
    const Result<void> recorded = crew_.setup().checkpoint({durable(), durable_failed(), durable_kept()});
    if (!recorded.ok()) crew_.stop(SweepEnd::RecordFailed, recorded.error().detail);
  }

  Crew& crew_;
  BlockDevice& device_;
  const SweepCheckpoint already_;
  ChunkSet durable_;
  ExtentSet durable_failed_;
  std::uint64_t durable_kept_ = 0;
  unsigned flush_failures_ = 0;
  std::uint64_t written_count_ = 0;  // At the last one.
};

// Looks at the speed from time to time; the calling thread's, in both kinds of sweep.
class Pace {
 public:
  explicit Pace(Crew& crew) : crew_(crew) { begin(); }

  // When the next look is due.
  Moment next() const { return since_ + crew_.setup().limits.slow_look; }

  void look() {
    const SweepSetup& setup = crew_.setup();
    if (setup.gate->is_closed()) return begin();  // A pause says nothing about the drive.
    if (setup.executor.now() < next()) return;
    const SweepProgress& progress = *setup.progress;
    const nanoseconds span = setup.executor.now() - since_;
    const bool was_sick = nanoseconds(progress.error_ns - error_ns_) > span / 10;  // Errors have budgets of their own.
    const std::uint64_t done = progress.bytes_done;
    const std::uint64_t bytes = done > bytes_done_ ? done - bytes_done_ : 0;
    const std::uint64_t all = progress.bytes_total;
    begin();
    if (was_sick || bytes == 0) return;  // Nothing at all is the supervisor's affair.
    const double speed = static_cast<double>(bytes) / std::chrono::duration<double>(span).count();
    const double left_s = static_cast<double>(all > done ? all - done : 0) / speed;
    const bool is_slow = speed < static_cast<double>(setup.limits.slow_bytes_per_s) &&
                         left_s > std::chrono::duration<double>(setup.limits.slow_left).count();
    if (!is_slow) return;
    setup.progress->slow_bytes_per_s = static_cast<std::uint64_t>(speed);
    setup.progress->slow_seconds_left = static_cast<std::uint64_t>(left_s);
    crew_.stop(SweepEnd::TooSlow, std::to_string(static_cast<std::uint64_t>(speed)) + " bytes a second, " +
                                      std::to_string(static_cast<std::uint64_t>(left_s)) + " seconds still to go");
  }

 private:
  void begin() {
    since_ = crew_.setup().executor.now();
    bytes_done_ = crew_.setup().progress->bytes_done;
    error_ns_ = crew_.setup().progress->error_ns;
  }

  Crew& crew_;
  Moment since_{};
  std::uint64_t bytes_done_ = 0;
  std::int64_t error_ns_ = 0;
};

void start_progress(SweepProgress& progress, const Content& content, const ChunkSet& already,
                    std::uint32_t block_bytes) {
  std::uint64_t blocks = 0;
  for (const LbaRange chunks : already.ranges())
    for (std::uint64_t index = chunks.first; index < chunks.end(); ++index) blocks += block_count(content.chunk(index));
  progress.bytes_total = content.identity().block_count * block_bytes;
  progress.bytes_done = blocks * block_bytes;
  progress.bad_blocks = 0;
  progress.error_ns = 0;
}

}  // namespace

SweepReport Sweep::write(BlockDevice& device) {
  const Geometry geometry = device.geometry();
  Crew crew(setup_, *content_, geometry, content_->chunk_count());
  crew.skip(setup_.already.done);
  start_progress(*setup_.progress, *content_, setup_.already.done, geometry.logical_bytes);
  const std::size_t buffer_bytes = static_cast<std::size_t>(content_->largest_chunk_blocks()) * geometry.logical_bytes;

  const ChunkSet all{{0, content_->chunk_count()}};
  Checkpointer checkpointer(crew, device);
  Pace pace(crew);
  do {  // Again when a failed flush has put chunks back after the workers had left.
    Workers workers(setup_.executor, setup_.workers, "write", [&] { Writer(crew, device, buffer_bytes).run(); });
    Moment last = setup_.executor.now();
    while (!workers.are_done()) {
      // Looks up in between: it may have become urgent.
      const nanoseconds nap = std::min(setup_.checkpoint_interval, kHurriedCheckpoint);
      const bool done = setup_.executor.wait([&] { return workers.are_done(); }, setup_.executor.now() + nap);
      const nanoseconds interval = setup_.progress->is_hurried ? nap : setup_.checkpoint_interval;
      const bool is_due = !done && setup_.executor.now() - last >= interval;
      if (is_due && !crew.is_stopped()) checkpointer.checkpoint_if_written();
      if (is_due) last = setup_.executor.now();
      if (!done) pace.look();
    }
    workers.join();
    if (crew.snapshot().end != SweepEnd::DriveGone) checkpointer.checkpoint();
  } while (!crew.is_stopped() && checkpointer.durable() != all);

  const Crew::Snapshot last = crew.snapshot();
  SweepReport report{content_->identity(),
                     last.end,
                     checkpointer.durable(),
                     united(last.failed, checkpointer.durable_failed()),
                     last.detail,
                     checkpointer.durable_kept()};
  require(report.end != SweepEnd::Complete || report.written == all, "a complete sweep has written every chunk");
  return report;
}

ReadBack Sweep::compare(BlockReader& device) {
  const Geometry geometry = device.geometry();
  Crew crew(setup_, *content_, geometry, content_->chunk_count());
  start_progress(*setup_.progress, *content_, {}, geometry.logical_bytes);
  const std::size_t buffer_bytes = static_cast<std::size_t>(content_->largest_chunk_blocks()) * geometry.logical_bytes;

  Workers workers(setup_.executor, setup_.workers, "compare", [&] { Comparer(crew, device, buffer_bytes).run(); });
  Pace pace(crew);
  while (!workers.are_done()) {
    const bool done = setup_.executor.wait([&] { return workers.are_done(); }, pace.next());
    if (!done) pace.look();
  }
  workers.join();

  const Crew::Snapshot last = crew.snapshot();
  ReadBack read_back;
  read_back.content_ = content_->identity();
  read_back.end_ = last.end;
  read_back.equal_ = last.equal;
  read_back.differing_ = last.differing;
  read_back.unreadable_ = last.failed;
  read_back.constant_ = content_->constant();
  read_back.detail_ = last.detail;
  return read_back;
}

}  // namespace relance
