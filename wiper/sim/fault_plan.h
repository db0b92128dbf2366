#pragma once
// What goes wrong with a simulated drive, and when: a value, laid over the drive before a boot.
//
//   FaultPlan{}.fail_writes_at(Lba{417}).fail_flush(30)
//
// A drive's operations (reads, writes, flushes) are counted from 1. Outside the model: a drive whose reads repeat what it
// was told instead of what it holds.

#include <optional>
#include <string>
#include <vector>

#include "wiper/base/executor.h"
#include "wiper/base/fields.h"
#include "wiper/device/lba_range.h"

namespace relance {

struct Lba {
  std::uint64_t number = 0;
};

enum class DriveOperation : std::uint8_t { Read, Write, Flush };

enum class FaultKind : std::uint8_t {
  ReadError,         // Says so; has delivered anything.
  WriteError,        // Says so; some of the blocks have landed.
  FlushError,        // Says so; no later flush covers what was in the cache.
  LostWrite,         // Says done; nothing lands.
  TornWrite,         // Says done; some of the blocks land.
  MisdirectedWrite,  // Says done; lands elsewhere on the drive.
  ReadNothing,       // Says done; the buffer, from some block on, stays as it was.
  ReadElsewhere,     // Says done; delivers other blocks of the drive.
  Hang,              // Answers after a long time, or never.
  Vanish,            // Gone from now on.
};
template <>
struct EnumNames<DriveOperation> {
  static constexpr std::array<std::string_view, 3> names{"read", "write", "flush"};
};
template <>
struct EnumNames<FaultKind> {
  static constexpr std::array<std::string_view, 10> names{
      "read-error",        "write-error",  "flush-error",    "lost-write", "torn-write",
      "misdirected-write", "read-nothing", "read-elsewhere", "hang",       "vanish"};
};

inline constexpr std::uint64_t kAlways = ~std::uint64_t{0};
inline constexpr nanoseconds kForEver = nanoseconds::max();

// Strikes at the first operation of its sort from number `from` on that touches the blocks, then at the next such one,
// until it has struck so many times.
struct Fault {
  FaultKind kind = FaultKind::ReadError;
  std::uint64_t from = 1;
  std::optional<LbaRange> blocks = {};  // Nothing: wherever.
  std::uint64_t times = 1;
  nanoseconds span{0};  // Of a hang.

  bool concerns(DriveOperation operation, LbaRange range) const;
};

struct FaultPlan {
  std::vector<Fault> faults;

  FaultPlan& add(const Fault& fault) {
    faults.push_back(fault);
    return *this;
  }
  FaultPlan& fail_reads_at(Lba lba) { return always(FaultKind::ReadError, {lba.number, 1}); }
  FaultPlan& fail_writes_at(Lba lba) { return always(FaultKind::WriteError, {lba.number, 1}); }
  FaultPlan& fail_reads_in(LbaRange range) { return always(FaultKind::ReadError, range); }
  FaultPlan& fail_writes_in(LbaRange range) { return always(FaultKind::WriteError, range); }
  FaultPlan& fail_flush(std::uint64_t from) { return add({.kind = FaultKind::FlushError, .from = from}); }
  FaultPlan& lose_write(std::uint64_t from) { return add({.kind = FaultKind::LostWrite, .from = from}); }
  FaultPlan& tear_write(std::uint64_t from) { return add({.kind = FaultKind::TornWrite, .from = from}); }
  FaultPlan& misdirect_write(std::uint64_t from) { return add({.kind = FaultKind::MisdirectedWrite, .from = from}); }
  FaultPlan& deliver_nothing(std::uint64_t from) { return add({.kind = FaultKind::ReadNothing, .from = from}); }
  FaultPlan& read_elsewhere(std::uint64_t from) { return add({.kind = FaultKind::ReadElsewhere, .from = from}); }
  FaultPlan& hang(std::uint64_t from, nanoseconds span) {
    return add({.kind = FaultKind::Hang, .from = from, .times = span == kForEver ? kAlways : 1, .span = span});
  }
  FaultPlan& vanish(std::uint64_t from) { return add({.kind = FaultKind::Vanish, .from = from, .times = kAlways}); }

 private:
  FaultPlan& always(FaultKind kind, LbaRange range) { return add({.kind = kind, .blocks = range, .times = kAlways}); }
};

std::string to_text(
    const FaultPlan& plan);  // For a failing test: "lost-write from 17, read-error from 1 at 40+8 always".

// A plan at work: counts the operations and says what strikes each. Not for several threads at once.
class LaidFaults {
 public:
  explicit LaidFaults(FaultPlan plan) : plan_(std::move(plan)) {}
  std::optional<Fault> strike(DriveOperation operation, LbaRange range);

 private:
  FaultPlan plan_;  // `times` counts down.
  std::uint64_t operations_ = 0;
};

}  // namespace relance
