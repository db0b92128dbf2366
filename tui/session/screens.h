#pragma once
// The screens on this terminal: keys and samples in, intents carried out.

#include "tui/session/session.h"

namespace relance {

// Until the person leaves. Stop::Usage: there is no terminal.
Result<ExitCode> run_screens(Session& session, Language language);

}  // namespace relance
