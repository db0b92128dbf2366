#pragma once
// A command line carried out, and its exit code.

#include "tui/cli/options.h"
#include "tui/model/outcome.h"

namespace relance {

ExitCode run_command(const Options& options);

}  // namespace relance
