#include "tui/cli/subcommands.h"
#include "tui/session/lost_stick.h"
#include "tui/session/stick_key.h"
#include "wiper/text/word.h"

namespace relance::cli {
namespace {

// The passphrase of the new key: another file, the same as the workshop's where only that file was given, or typed.
Result<std::string> words_of_new_key(const Options& options, const Printer& printer, const std::string& workshop) {
  const bool is_same = !options.passphrase_file.empty() && options.new_passphrase_file.empty();
  if (is_same) return workshop;
  return new_passphrase(options.new_passphrase_file, printer.language());
}

}  // namespace

Result<ExitCode> key_workshop(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string words = TRY(new_passphrase(options.passphrase_file, printer.language()));
  const std::string name = options.name.empty() ? "atelier" : options.name;
  const MadeKey made = TRY(make_workshop(options.folder, name, words, desk.session->executor().pc_clock_s()));
  printer.line(say(printer.language(), Word::SayKeyMade, {made.name, made.folder}));
  printer.line(say(printer.language(), Word::SayFingerprint, {made.fingerprint}));
  printer.answer(to_value(made));
  return ExitCode::Done;
}

Result<ExitCode> key_responsable(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string workshop = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const std::string words = TRY(words_of_new_key(options, printer, workshop));
  const ResponsableWish wish{options.folder, options.workshop, options.name};
  const MadeKey made = TRY(make_responsable(wish, workshop, words, desk.session->executor().pc_clock_s()));
  printer.line(say(printer.language(), Word::SayKeyMade, {made.name, made.folder}));
  printer.answer(to_value(made));
  return ExitCode::Done;
}

Result<ExitCode> key_stick(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string workshop = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const std::string stick = TRY(words_of_new_key(options, printer, workshop));
  const StickWish wish{options.folder, options.workshop, options.name, printer.language()};
  const MadeKey made = TRY(make_stick(wish, workshop, stick, desk.session->executor()));
  printer.line(say(printer.language(), Word::SayKeyMade, {made.name, made.folder}));
  printer.answer(to_value(made));
  return ExitCode::Done;
}

Result<ExitCode> key_lost(const Options& options, const Desk& desk) {
  const Printer& printer = desk.printer;
  const std::string words = TRY(passphrase(options.passphrase_file, printer.language(), Word::AskKeyPassphrase));
  const LossWish wish{options.workshop, options.name, options.witnesses, options.nothing_left};
  const DeclaredLoss loss = TRY(declare_lost(wish, words, desk.session->executor().pc_clock_s()));
  printer.line(loss.last_rank > 0
                   ? say(printer.language(), Word::SayKeyLost, {loss.stick, std::to_string(loss.last_rank), loss.head})
                   : say(printer.language(), Word::SayKeyLostWhole, {loss.stick}));
  printer.line(say(printer.language(), Word::SayKeyLostFile, {loss.file}));
  printer.answer(to_value(loss));
  return ExitCode::Done;
}

}  // namespace relance::cli
