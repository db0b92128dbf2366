#pragma once
// What the subcommands share: the machine, its stick and its profile, a passphrase, a line of progress.

#include <functional>

#include "tui/cli/print.h"
#include "tui/cli/progress.h"
#include "tui/session/session.h"
#include "wiper/text/word.h"

namespace relance::cli {

// What every subcommand with a machine needs.
struct Desk {
  std::shared_ptr<Session> session;
  Printer printer;
};

Result<Desk> open_desk(const Options& options);

// The first line of a file, without its end.
Result<std::string> first_line(const std::string& file);
// Of `file`, or typed. KeyPassphrase: neither.
Result<std::string> passphrase(const std::string& file, Language language, Word question);
// Typed twice.
Result<std::string> new_passphrase(const std::string& file, Language language);
// The stick's key, if there is a stick; without one it is said that nothing will be certified.
Result<void> open_key(const Options& options, const Desk& desk);

// The line is gone before anything else is said.
template <class Answer>
Result<Answer> with_bytes_line(const Desk& desk, const std::function<Result<Answer>(const Progress&)>& work) {
  BytesLine line(desk.printer, desk.session->executor());
  return work([&](std::uint64_t done, std::uint64_t all) { line.show(done, all); });
}

}  // namespace relance::cli
