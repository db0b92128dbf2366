#pragma once
// What the screens do without a key: an armed stick starts, resumes and ends a job by itself; a proof that the stick has not
// taken is offered to it again. Whatever writes or ends is shown for some seconds first, and a key stops it.

#include "tui/model/model.h"

namespace relance {

// Nothing to resume. An armed stick takes the next number of its list; not for a PC that it has done already, which has
// perhaps just started from it again.
Update on_no_open_run(Model model, const message::NoOpenRun& found);

// The internal drives that may be targets, once two looks in a row have found the same drives: true if there are any.
bool choose_by_itself(Model& model, const std::vector<DriveChoice>& before);

// The screen that was just shown goes on by itself after a while, if it is one that does.
Update armed(Update shown);
// A key came.
void disarm(Model& model);
// Is it time?
Update on_time(Model model);

// After an erase without the stick: the stick is back and has its journal, so the job can go on.
bool goes_on_with_stick(const Model& model);

}  // namespace relance
