#pragma once
// Stays with a run or a comparison until its end, ten times a second, and stops it when the process is asked to stop.

#include <functional>

#include "tui/session/verification.h"

namespace relance {

using OnTick = std::function<void(const message::Tick&)>;

// Asked to stop once: every job leaves at its next chunk. Asked twice, or a drive that does not let go: left alone, with a
// journal that can be resumed.
std::vector<DriveOutcome> follow(Session& session, Run& run, const OnTick& on_tick);
Verification follow(Session& session, Comparison& comparison, const OnTick& on_tick);

}  // namespace relance
