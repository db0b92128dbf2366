#include "tui/cli/print.h"

#include <cstdio>

#include "tui/session/console.h"
#include "tui/view/say.h"
#include "wiper/text/utf8.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

constexpr nanoseconds kOnTerminal = std::chrono::milliseconds(500);
constexpr nanoseconds kInLog = std::chrono::seconds(5);
constexpr nanoseconds kForPrograms = std::chrono::seconds(1);
constexpr const char* kWipeLine = "\r\033[K";

void print(std::FILE* stream, const std::string& text) {
  (void)std::fputs(text.c_str(), stream);  // A closed pipe is no reason to stop an erase.
  (void)std::fflush(stream);
}

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
  members.emplace_back("error", nullptr);
  if (outcome.error) members.back().second = value_of(*outcome.error, language, outcome.exit);
  return members;
}

}  // namespace

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

ProgressLine::ProgressLine(const Printer& printer, std::vector<Plan> plans,
                           const std::vector<std::vector<std::uint64_t>>& step_bytes)
    : printer_(printer), plans_(std::move(plans)), is_terminal_(console::has_errors()) {
  for (const auto& bytes : step_bytes) meters_.emplace_back(bytes);
}

ProgressLine::~ProgressLine() {
  if (is_terminal_ && !printer_.json() && shown_) print(stderr, kWipeLine);
}

std::string ProgressLine::text(const message::Tick& tick) const {
  const Language language = printer_.language();
  std::string text;
  for (std::size_t i = 0; i < meters_.size(); ++i) {
    const Meter& meter = meters_[i];
    if (i > 0) text += " | ";
    text += std::to_string(tick.drives[i].ended ? 100 : meter.percent()) + " % · " +
            say_progress(language, plans_[i], meter);
    const std::optional<std::uint64_t> left = meter.seconds_left();
    if (left)
      text += " · " + say(language, Word::EndAt, {say_time(tick.local_clock_s + static_cast<std::int64_t>(*left))});
  }
  return text;
}

Value ProgressLine::value(std::size_t index, const message::Tick& tick) const {
  const Meter& meter = meters_[index];
  const JobSample& sample = meter.last();
  const std::optional<std::uint64_t> left = meter.seconds_left();
  ValueMembers members;
  members.emplace_back("event", "progress");
  members.emplace_back("drive", tick.drives[index].drive);
  members.emplace_back("step", sample.step);
  members.emplace_back("percent", static_cast<std::uint64_t>(meter.percent()));
  members.emplace_back("bytes_done", sample.bytes_done);
  members.emplace_back("bytes_total", sample.bytes_total);
  members.emplace_back("bytes_per_second", meter.bytes_per_second());
  members.emplace_back("seconds_left", to_value(left));
  members.emplace_back("bad_blocks", sample.bad_blocks);
  return members;
}

void ProgressLine::show(const message::Tick& tick) {
  for (std::size_t i = 0; i < meters_.size() && i < tick.drives.size(); ++i)
    if (!tick.drives[i].ended) meters_[i].add(tick.now, tick.drives[i].sample);
  const nanoseconds interval = printer_.json() ? kForPrograms : is_terminal_ ? kOnTerminal : kInLog;
  if (shown_ && tick.now - *shown_ < interval) return;
  shown_ = tick.now;
  if (printer_.json()) {
    for (std::size_t i = 0; i < meters_.size(); ++i) print(stderr, to_json(value(i, tick)) + "\n");
    return;
  }
  if (!is_terminal_) return print(stderr, text(tick) + "\n");
  std::u32string line = from_utf8(text(tick));
  const auto columns = static_cast<std::size_t>(console::size().value_or(Size{}).columns);
  if (line.size() >= columns) line.resize(columns - 1);  // A line that wraps cannot be rewritten.
  print(stderr, kWipeLine + to_utf8(line));
}

}  // namespace relance
