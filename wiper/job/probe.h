#pragma once
// Reads a drive at its outer edge, in the middle and at its inner edge, and times it. Writes nothing; proves nothing.

#include <memory>

#include "wiper/base/executor.h"
#include "wiper/device/block_device.h"
#include "wiper/plan/speeds.h"

namespace relance {

inline constexpr nanoseconds kProbeLimit = std::chrono::seconds(10);  // Of all three places, hanging drives included.

// Unknown speeds where a place could not be read, or when the limit came first: a drive that hangs keeps its reader's
// thread, and nobody waits for it.
Speeds probe_speeds(std::shared_ptr<BlockReader> drive, Executor& executor);

}  // namespace relance
