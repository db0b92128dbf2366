#include "wiper/certificate/stick_time.h"

#include <algorithm>

namespace relance {

StickTime stick_time(const Clocks& clocks) {
  const bool has_record = clocks.last_record_s > 0;
  const std::int64_t earliest = std::max(clocks.build_s, has_record ? clocks.last_record_s + 1 : 0);
  const bool too_late = has_record && clocks.pc_clock_s > clocks.last_record_s + kLongestBelievedGap_s;
  if (clocks.pc_clock_s >= earliest && !too_late) return {clocks.pc_clock_s, TimeSource::PcClock};
  return {earliest, earliest == clocks.build_s ? TimeSource::Build : TimeSource::LastRecord};
}

}  // namespace relance
