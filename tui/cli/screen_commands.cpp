#include "tui/cli/subcommands.h"
#include "tui/session/console.h"
#include "tui/session/practice.h"
#include "tui/session/screens.h"

namespace relance::cli {
namespace {

Result<ExitCode> without_profile(const Options& options, Bench bench, ScreensWish wish) {
  std::shared_ptr<Session> session = Session::without_profile(std::move(bench));
  wish.language = language_of(options, Language::French);
  return run_screens(std::move(session), wish);
}

}  // namespace

Result<ExitCode> screens(const Options& options, const Desk& desk) {
  std::string words;
  const bool has_file = !options.passphrase_file.empty();
  if (has_file) words = TRY(first_line(options.passphrase_file));
  if (has_file) TRY(desk.session->open_key(words));
  return run_screens(desk.session, {.language = desk.printer.language()});
}

// A person in front of screens is told there.
Result<ExitCode> refuse_on_screens(const Options& options, const Error& error) {
  Bench bench = TRY(linux_bench(options.stick));
  return without_profile(options, std::move(bench), {.refusal = error});
}

Result<ExitCode> inspect(const Options& options) {
  Bench bench = TRY(linux_bench(options.stick));
  return without_profile(options, std::move(bench), {.purpose = Purpose::Inspect});
}

Result<ExitCode> practise(const Options& options) {
  Practice practice(options.seed, console::pc_clock_s());
  return without_profile(options, practice.bench(), {.purpose = Purpose::Practice, .speed = options.speed});
}

}  // namespace relance::cli
