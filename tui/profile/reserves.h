#pragma once
// The reserves that a manager may accept, under the names that the file uses. Inside this folder only.

#include <string_view>

#include "wiper/text/sentence.h"

namespace relance {

struct ReserveRow {
  std::string_view name;
  Sentence reason;
};
inline constexpr ReserveRow kReserves[] = {
    {"sampled", Sentence::ReasonSampled},
    {"serial-of-bridge", Sentence::ReasonSerialOfBridge},
    {"hidden-unknown", Sentence::ReasonHiddenUnknown},
    {"hidden-kept", Sentence::ReasonHiddenKept},
    {"cached", Sentence::ReasonCached},
    {"earlier-pass", Sentence::ReasonEarlierPass},
};

}  // namespace relance
