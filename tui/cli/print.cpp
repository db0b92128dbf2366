#include "tui/cli/print.h"

#include "tui/view/say.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

Value value_of(const Error& error, Language language, ExitCode exit) {
  const StopWords words = stop_words(language, error.stop);
  return ValueMembers{{"exit", static_cast<std::uint64_t>(exit)},
                      {"stop", static_cast<std::uint64_t>(error.stop)},
                      {"sentence", std::string(words.what)},
                      {"what_to_do", std::string(words.what_to_do)},
                      {"detail", error.detail}};
}

Value value_of(const DriveOutcome& outcome, Language language) {
  std::optional<std::string> verdict;
  std::optional<std::string> certificate;
  ValueList reasons;
  if (outcome.verdict) {
    verdict = std::string(name_of(outcome.verdict->kind));
    for (const Phrase& reason : outcome.verdict->reasons) reasons.push_back(say(language, reason));
  }
  if (!outcome.certificate.empty()) certificate = outcome.certificate;
  ValueMembers members;
  members.emplace_back("drive", outcome.drive);
  members.emplace_back("path", outcome.plan.drive.path);
  members.emplace_back("serial", outcome.plan.drive.identity.serial);
  members.emplace_back("exit", static_cast<std::uint64_t>(outcome.exit));
  members.emplace_back("verdict", to_value(verdict));
  members.emplace_back("reasons", std::move(reasons));
  members.emplace_back("bad_ranges", to_value(outcome.bad_ranges));
  members.emplace_back("interruptions", static_cast<std::uint64_t>(outcome.interruptions));
  members.emplace_back("certificate", to_value(certificate));
  members.emplace_back("trial_awaited", !outcome.trial_word.empty());
  members.emplace_back("trial", to_value(outcome.trial));
  members.emplace_back("error", nullptr);
  if (outcome.error) members.back().second = value_of(*outcome.error, language, outcome.exit);
  return members;
}

}  // namespace

void print(std::FILE* stream, const std::string& text) {
  (void)std::fputs(text.c_str(), stream);
  (void)std::fflush(stream);
}

ExitCode exit_of_refusal(const Error& error) { return error.stop == Stop::Usage ? ExitCode::Usage : ExitCode::Refused; }

void Printer::line(const std::string& text) const {
  if (!json_) print(stdout, text + "\n");
}

void Printer::answer(const Value& value) const {
  if (json_) print(stdout, to_json(value) + "\n");
}

ExitCode Printer::refuse(const Error& error, ExitCode exit) const {
  answer(ValueMembers{{"exit", static_cast<std::uint64_t>(exit)}, {"error", value_of(error, language_, exit)}});
  if (json_) return exit;
  const StopWords words = stop_words(language_, error.stop);
  print(stderr, say_stop(language_, error.stop) + " " + std::string(words.what_to_do) + "\n");
  if (!error.detail.empty()) print(stderr, "  (" + error.detail + ")\n");
  return exit;
}

void Printer::outcome(const DriveOutcome& outcome) const {
  line(say_drive(language_, outcome.plan.drive));
  if (outcome.verdict) {
    line("  " + say(language_, words_of(outcome.verdict->kind)));
    for (const Phrase& reason : outcome.verdict->reasons) line("  " + say(language_, reason));
  }
  if (outcome.interruptions > 0)
    line("  " + say(language_, Word::InterruptedTimes, {std::to_string(outcome.interruptions)}));
  if (!outcome.certificate.empty()) line("  " + say(language_, Word::LabelCertificate) + " : " + outcome.certificate);
  if (!outcome.trial_word.empty()) line("  " + say_stop(language_, Stop::TrialAwaited));
  for (const std::string& each : say_trial(language_, outcome.trial)) line("  " + each);
  if (outcome.error) (void)refuse(*outcome.error, outcome.exit);
}

ExitCode Printer::outcomes(const std::string& run, const std::vector<DriveOutcome>& outcomes) const {
  ExitCode exit = ExitCode::Done;
  ValueList drives;
  for (const DriveOutcome& each : outcomes) {
    exit = worst(exit, each.exit);
    drives.push_back(value_of(each, language_));
    if (!json_) outcome(each);
  }
  answer(ValueMembers{{"exit", static_cast<std::uint64_t>(exit)}, {"run", run}, {"drives", std::move(drives)}});
  return exit;
}

}  // namespace relance
