#pragma once
// The screens on this terminal: keys and samples in, intents carried out.

#include "tui/model/model.h"
#include "tui/session/session.h"

namespace relance {

struct ScreensWish {
  Language language = Language::French;
  Purpose purpose = Purpose::Work;
  std::optional<Error> refusal;  // Why nothing can begin: shown, and nothing else.
  unsigned speed = 0;            // Of a simulated PC's clock against the real one; 0: its clock is the real one.
};

// Until the person leaves. Stop::Usage: there is no terminal.
Result<ExitCode> run_screens(std::shared_ptr<Session> session, const ScreensWish& wish);

}  // namespace relance
