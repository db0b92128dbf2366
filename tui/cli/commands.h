#pragma once
// One function a subcommand: call the session, print what it says, give the exit code.

#include "tui/cli/options.h"
#include "tui/model/outcome.h"

namespace relance {

ExitCode run_command(const Options& options);

}  // namespace relance
