#pragma once
// Which method and how much of a read-back: what was asked, or the strongest that the profile allows and that fits the
// budget. If nothing fits, the strongest runs with its true end time: the clock alone never cuts a read-back.

#include "wiper/plan/plan.h"

namespace relance {

struct Choice {
  const Method* method = nullptr;
  Verify verify = Verify::Full;
  std::vector<Phrase> why;
};

// Refused, Stop::MethodUnknown: no such method, or one that the profile does not allow for this kind of drive.
Result<Choice> choose(const DriveFacts& drive, const Policy& policy, const Speeds& speeds);

}  // namespace relance
