#pragma once
// What every update ends in. Inside this folder only.

#include "tui/model/model.h"

namespace relance {

// Nothing is wanted.
Update stay(Model model);
// Keys wait until the intent is answered.
Update ask(Model model, Intent intent);
// Another screen, with nothing typed yet.
Update show(Model model, ScreenName screen);
Update leave(Model model);
// Plans for the chosen drives.
Update make_plans(Model model);

}  // namespace relance
