#pragma once
// Which of its own erases a drive is told to carry out, if any: the first that the profile lists, the drive offers, and
// nothing speaks against. What stands in the way is said.

#include "wiper/plan/plan.h"

namespace relance {

struct DriveEraseChoice {
  std::optional<EraseCommand> command;
  std::optional<Phrase> why;  // Nothing: the profile asks for none.
};
DriveEraseChoice choose_drive_erase(const DriveFacts& drive, const Policy& policy);

}  // namespace relance
