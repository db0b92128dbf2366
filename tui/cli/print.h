#pragma once
// What a subcommand says: sentences for people, one JSON object for programs. Answers go to standard output, refusals of
// people's commands to standard error.

#include <cstdio>
#include <string>

#include "tui/cli/options.h"
#include "tui/model/message.h"

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

// As it is, at once; a closed pipe is no reason to stop an erase.
void print(std::FILE* stream, const std::string& text);

// Before anything was written.
ExitCode exit_of_refusal(const Error& error);

}  // namespace relance
