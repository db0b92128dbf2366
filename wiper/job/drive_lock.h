#pragma once
// A drive that a run of ours has locked, and that another run finds so.

#include "wiper/job/machine.h"

namespace relance {

// Only where the plan's drive had a password set when it was looked at: if a journal on the stick says that it is ours, it
// is taken off. Refused, Stop::DriveLocked: the drive is locked, and stays so. Nothing is written to its blocks.
Result<void> open_lock_of_ours(Machine& machine, const Confirmation& confirmation);

}  // namespace relance
