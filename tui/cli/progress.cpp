#include "tui/cli/progress.h"

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

std::string end_of(Language language, const Meter& meter, std::int64_t local_clock_s) {
  const std::optional<std::uint64_t> left = meter.seconds_left();
  if (!left) return "";
  return " · " + say(language, Word::EndAt, {say_time(local_clock_s + static_cast<std::int64_t>(*left))});
}

// What a program reads of any work.
void add_numbers(ValueMembers& members, const Meter& meter) {
  const JobSample& sample = meter.last();
  members.emplace_back("percent", static_cast<std::uint64_t>(meter.percent()));
  members.emplace_back("bytes_done", sample.bytes_done);
  members.emplace_back("bytes_total", sample.bytes_total);
  members.emplace_back("bytes_per_second", meter.bytes_per_second());
  members.emplace_back("seconds_left", to_value(meter.seconds_left()));
}

}  // namespace

LiveLine::LiveLine(const Printer& printer) : printer_(printer), is_terminal_(console::has_errors()) {}

LiveLine::~LiveLine() {
  if (is_terminal_ && !printer_.json() && shown_) print(stderr, kWipeLine);
}

bool LiveLine::is_due(Moment now) {
  const nanoseconds interval = printer_.json() ? kForPrograms : is_terminal_ ? kOnTerminal : kInLog;
  if (shown_ && now - *shown_ < interval) return false;
  shown_ = now;
  return true;
}

void LiveLine::show(const std::string& text) const {
  if (printer_.json() || !is_terminal_) return print(stderr, text + "\n");
  std::u32string line = from_utf8(text);
  const auto columns = static_cast<std::size_t>(console::size().value_or(Size{}).columns);
  if (line.size() >= columns) line.resize(columns - 1);  // A line that wraps cannot be rewritten.
  print(stderr, kWipeLine + to_utf8(line));
}

ProgressLine::ProgressLine(const Printer& printer, std::vector<Plan> plans,
                           const std::vector<std::vector<std::uint64_t>>& step_bytes)
    : printer_(printer), plans_(std::move(plans)), line_(printer) {
  for (std::size_t i = 0; i < step_bytes.size(); ++i)
    meters_.emplace_back(step_bytes[i], plans_[i].speeds.value_or(Speeds{}));
}

// One drive's part. What has ended is judged afterwards, from the journal.
std::string ProgressLine::text(std::size_t index, const DriveSample& drive, std::int64_t local_clock_s) const {
  const Language language = printer_.language();
  const Meter& meter = meters_[index];
  if (drive.stalled) return say_stop(language, Stop::DriveStalled);
  if (drive.ended) return say(language, Word::SayEnded);
  return std::to_string(meter.percent()) + " % · " + say_progress(language, plans_[index], meter) +
         end_of(language, meter, local_clock_s);
}

std::string ProgressLine::text(const message::Tick& tick) const {
  std::string all;
  for (std::size_t i = 0; i < meters_.size(); ++i)
    all += (i == 0 ? "" : " | ") + text(i, tick.drives[i], tick.local_clock_s);
  return all;
}

Value ProgressLine::value(std::size_t index, const message::Tick& tick) const {
  const JobSample& sample = meters_[index].last();
  ValueMembers members{{"event", "progress"}, {"drive", tick.drives[index].drive}, {"step", sample.step}};
  add_numbers(members, meters_[index]);
  members.emplace_back("bad_blocks", sample.bad_blocks);
  members.emplace_back("ended", tick.drives[index].ended);
  return members;
}

void ProgressLine::show(const message::Tick& tick) {
  for (std::size_t i = 0; i < meters_.size() && i < tick.drives.size(); ++i)
    if (!tick.drives[i].ended) meters_[i].add(tick.now, tick.drives[i].sample);
  if (!line_.is_due(tick.now)) return;
  if (!printer_.json()) return line_.show(text(tick));
  for (std::size_t i = 0; i < meters_.size(); ++i) line_.show(to_json(value(i, tick)));
}

std::string BytesLine::text() const {
  const Language language = printer_.language();
  std::string text = std::to_string(meter_.percent()) + " % · " +
                     say(language, Word::BytesOf,
                         {say_size(language, meter_.last().bytes_done), say_size(language, meter_.last().bytes_total)});
  if (meter_.bytes_per_second() > 0) text += " · " + say_speed(language, meter_.bytes_per_second());
  return text + end_of(language, meter_, console::local_clock_s(executor_.pc_clock_s()));
}

void BytesLine::show(std::uint64_t done, std::uint64_t all) {
  const Moment now = executor_.now();
  meter_.add(now, {.bytes_done = done, .bytes_total = all});
  if (!line_.is_due(now)) return;
  ValueMembers members{{"event", "progress"}};
  add_numbers(members, meter_);
  line_.show(printer_.json() ? to_json(members) : text());
}

}  // namespace relance
