#pragma once
// What went wrong, in three readings: the category a caller branches on, the STOP number a person copies onto tape,
// and an English sentence for logs. The sentences people read are in wiper/text, found by the STOP number.

#include <cstdint>
#include <string>

#include "wiper/base/stop.h"

namespace relance {

// What the caller can do about it; nothing else.
enum class Errc : std::uint8_t {
  Io,           // The device answered with an error: retry, bisect, list.
  Gone,         // The device or the power is not there any more: stop this job.
  Busy,         // Somebody else holds it.
  Unsupported,  // It cannot do that: choose another way.
  Refused,      // We may not: nothing was done.
  Timeout,
  Corrupt,  // Bytes that are not what they claim to be.
  Cancelled,
  Invalid,  // The request makes no sense.
};

struct Error {
  Errc code = Errc::Invalid;
  Stop stop = Stop::Internal;
  std::string detail;  // English, for logs and --json.
  int os_errno = 0;
};

}  // namespace relance
