#pragma once
// Which of its own erases a drive is told to carry out, if any: those that the profile lists, the drive offers, and nothing
// speaks against; the next one only where the one before was not done. What stands in the way is said.

#include "wiper/plan/plan.h"

namespace relance {

struct DriveEraseChoice {
  std::vector<EraseCommand> commands;  // In the profile's order.
  std::vector<Phrase> why;             // None: the profile asks for none.
};
DriveEraseChoice choose_drive_erase(const DriveFacts& drive, const Policy& policy);

}  // namespace relance
