#pragma once
// What a subcommand says: sentences for people, one JSON object for programs. Answers go to standard output; progress and
// refusals of people's commands to standard error.

#include <string>

#include "tui/cli/options.h"
#include "tui/session/follow.h"

namespace relance {

class Printer {
 public:
  Printer(const Options& options, Language language) : json_(options.json), language_(language) {}

  bool json() const { return json_; }
  Language language() const { return language_; }

  void line(const std::string& text) const;                  // For people only.
  void answer(const Value& value) const;                     // For programs only: one line.
  ExitCode refuse(const Error& error, ExitCode exit) const;  // Both; gives the exit code back.

  ExitCode outcomes(const std::string& run, const std::vector<DriveOutcome>& outcomes) const;

 private:
  void outcome(const DriveOutcome& outcome) const;
  bool json_;
  Language language_;
};

// One honest line: bytes, speed, time of the end. Rewritten in place on a terminal, a new one every few seconds elsewhere,
// a JSON object a second for programs.
class ProgressLine {
 public:
  ProgressLine(const Printer& printer, std::vector<Plan> plans,
               const std::vector<std::vector<std::uint64_t>>& step_bytes);
  ~ProgressLine();
  void show(const message::Tick& tick);

 private:
  std::string text(const message::Tick& tick) const;
  Value value(std::size_t index, const message::Tick& tick) const;

  const Printer& printer_;
  std::vector<Plan> plans_;
  std::vector<Meter> meters_;
  std::optional<Moment> shown_;
  bool is_terminal_;
};

// Before anything was written.
ExitCode exit_of_refusal(const Error& error);

}  // namespace relance
