#include "tui/cli/commands.h"

#include "tui/cli/help.h"
#include "tui/cli/subcommands.h"
#include "wiper/base/version.h"

namespace relance {
namespace {

Result<ExitCode> dispatch(const Options& options, const cli::Desk& desk) {
  switch (options.command) {
    case Command::Screens:
      return cli::screens(options, desk);
    case Command::Drives:
      return cli::drives(options, desk);
    case Command::Plan:
      return cli::plan(options, desk);
    case Command::Wipe:
      return cli::wipe(options, desk);
    case Command::Verify:
      return cli::verify(options, desk);
    case Command::Capture:
      return cli::capture(options, desk);
    case Command::Deploy:
      return cli::deploy(options, desk);
    case Command::Run:
      return cli::run(options, desk);
    case Command::Resume:
      return cli::resume(options, desk);
    case Command::Trial:
      return cli::trial(options, desk);
    case Command::Check:
      return cli::check(options, desk);
    case Command::KeyWorkshop:
      return cli::key_workshop(options, desk);
    case Command::KeyStick:
      return cli::key_stick(options, desk);
    case Command::KeyResponsable:
      return cli::key_responsable(options, desk);
    case Command::Lot:
      return cli::lot(options, desk);
    case Command::KeyLost:
      return cli::key_lost(options, desk);
    case Command::ImageCheck:
      return cli::image_check(options, desk);
    case Command::ImageSign:
      return cli::image_sign(options, desk);
    case Command::Journal:
      return cli::journal(options, desk);
    case Command::Inspect:
    case Command::Practice:
    case Command::Help:
    case Command::Version:
      break;  // Answered without a profile, or without a machine.
  }
  return Error{Errc::Invalid, Stop::Internal, "a command that nobody carries out"};
}

// Checking refuses what it checks: that is a result, not a refusal to work.
ExitCode exit_of(const Error& error, Command command) {
  const bool is_check = command == Command::Check || command == Command::ImageCheck;
  if (is_check && error.stop != Stop::Usage) return ExitCode::Failed;
  return exit_of_refusal(error);
}

}  // namespace

ExitCode run_command(const Options& options) {
  const Printer printer(options, language_of(options, Language::French));
  if (options.command == Command::Help || options.command == Command::Version) {
    const bool is_help = options.command == Command::Help;
    std::fputs(
        (is_help ? help_text(printer.language(), options.help_about) : "relance " + std::string(version()) + "\n")
            .c_str(),
        stdout);
    return ExitCode::Done;
  }
  if (options.command == Command::Inspect || options.command == Command::Practice) {
    const Result<ExitCode> exit = options.command == Command::Inspect ? cli::inspect(options) : cli::practise(options);
    return exit.ok() ? exit.value() : printer.refuse(exit.error(), exit_of_refusal(exit.error()));
  }
  const Result<cli::Desk> desk = cli::open_desk(options);
  if (!desk.ok() && options.command == Command::Screens) {
    const Result<ExitCode> told = cli::refuse_on_screens(options, desk.error());
    if (told.ok()) return told.value();
  }
  if (!desk.ok()) return printer.refuse(desk.error(), exit_of(desk.error(), options.command));
  const Result<ExitCode> exit = dispatch(options, desk.value());
  if (!exit.ok()) return desk.value().printer.refuse(exit.error(), exit_of(exit.error(), options.command));
  return exit.value();
}

}  // namespace relance
