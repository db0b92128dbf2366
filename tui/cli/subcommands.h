#pragma once
// One function a subcommand: call the session, print what it says, give the exit code. Inside this folder only.

#include "tui/cli/desk.h"
#include "tui/model/outcome.h"

namespace relance::cli {

// Drives: look, plan, and what writes to them.
Result<ExitCode> drives(const Options& options, const Desk& desk);
Result<ExitCode> plan(const Options& options, const Desk& desk);
Result<ExitCode> wipe(const Options& options, const Desk& desk);
Result<ExitCode> run(const Options& options, const Desk& desk);
Result<ExitCode> deploy(const Options& options, const Desk& desk);
Result<ExitCode> resume(const Options& options, const Desk& desk);
Result<ExitCode> trial(const Options& options,
                       const Desk& desk);  // What deployed systems tried when they were started.
Result<ExitCode> verify(const Options& options, const Desk& desk);

// Images.
Result<ExitCode> capture(const Options& options, const Desk& desk);
Result<ExitCode> image_sign(const Options& options, const Desk& desk);
Result<ExitCode> image_check(const Options& options, const Desk& desk);

// What is proven.
Result<ExitCode> check(const Options& options, const Desk& desk);
Result<ExitCode> lot(const Options& options, const Desk& desk);
Result<ExitCode> journal(const Options& options, const Desk& desk);

// Keys.
Result<ExitCode> key_workshop(const Options& options, const Desk& desk);
Result<ExitCode> key_responsable(const Options& options, const Desk& desk);
Result<ExitCode> key_stick(const Options& options, const Desk& desk);
Result<ExitCode> key_lost(const Options& options, const Desk& desk);

// Screens; those without a desk need no profile, or are told that it has an error.
Result<ExitCode> screens(const Options& options, const Desk& desk);
Result<ExitCode> refuse_on_screens(const Options& options, const Error& error);
Result<ExitCode> inspect(const Options& options);
Result<ExitCode> practise(const Options& options);

}  // namespace relance::cli
