#include "tui/cli/desk.h"

#include <algorithm>

#include "tui/session/console.h"

namespace relance::cli {

Result<Desk> open_desk(const Options& options) {
  Bench bench = TRY(linux_bench(options.stick));
  std::shared_ptr<Session> session = TRY(Session::open(std::move(bench), options.profile));
  const Language language = language_of(options, session->profile().policy.language);
  return Desk{std::move(session), Printer(options, language)};
}

Result<std::string> first_line(const std::string& file) {
  Result<Bytes> bytes = read_file(file);
  if (!bytes.ok()) return Error{Errc::Refused, Stop::KeyPassphrase, bytes.error().detail};
  std::string line(as_text(bytes.value()));
  line.resize(std::min(line.size(), line.find_first_of("\r\n")));
  return line;
}

Result<std::string> passphrase(const std::string& file, Language language, Word question) {
  if (!file.empty()) return first_line(file);
  const std::optional<std::string> typed =
      console::has_input() ? console::ask(say(language, question), true) : std::nullopt;
  if (!typed) return Error{Errc::Refused, Stop::KeyPassphrase, "no terminal to ask on: give --passphrase-file"};
  return *typed;
}

Result<std::string> new_passphrase(const std::string& file, Language language) {
  std::string first = TRY(passphrase(file, language, Word::AskNewPassphrase));
  if (!file.empty()) return first;
  const std::string again = TRY(passphrase(file, language, Word::AskNewAgain));
  if (again != first) return Error{Errc::Refused, Stop::KeyPassphrase, "the two passphrases differ"};
  return first;
}

Result<void> open_key(const Options& options, const Desk& desk) {
  if (!desk.session->bench().has_stick()) {
    if (!desk.printer.json()) std::fputs((say(desk.printer.language(), Word::SayNoStick) + "\n").c_str(), stderr);
    return {};
  }
  const std::string words = TRY(passphrase(options.passphrase_file, desk.printer.language(), Word::AskKeyPassphrase));
  return desk.session->open_key(words);
}

}  // namespace relance::cli
