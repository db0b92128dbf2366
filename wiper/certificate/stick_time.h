#pragma once
// What time a certificate says it is. PCs that come from a cupboard say 2002; the stick knows when it last wrote and when
// its program was built, and time never runs backwards on it.

#include <array>
#include <cstdint>

#include "wiper/base/fields.h"

namespace relance {

enum class TimeSource : std::uint8_t { PcClock, LastRecord, Build };
template <>
struct EnumNames<TimeSource> {
  static constexpr std::array<std::string_view, 3> names{"pc-clock", "last-record", "build"};
};

struct StickTime {
  std::int64_t seconds = 0;  // Since 1970.
  TimeSource source = TimeSource::PcClock;
  bool operator==(const StickTime&) const = default;
};

struct Clocks {
  std::int64_t pc_clock_s = 0;     // As read, right or wrong.
  std::int64_t last_record_s = 0;  // Of the last certificate on this stick; 0: none yet.
  std::int64_t build_s = 0;        // Nothing of ours is older than its program.
};

// A PC's clock is believed if it is not before the stick's last record and build, and not more than this after the last
// record: a stick that lay idle for longer is rarer than a battery that died.
inline constexpr std::int64_t kLongestBelievedGap_s = std::int64_t{45} * 24 * 3600;

// The PC's clock if it is plausible; else one second after the last record, or the build's time, whichever is later.
StickTime stick_time(const Clocks& clocks);

}  // namespace relance
