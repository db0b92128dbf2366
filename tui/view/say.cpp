#include "tui/view/say.h"

#include <algorithm>

#include "wiper/text/part.h"
#include "wiper/text/utf8.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

constexpr std::size_t kLongestName = 36;  // So that size and kind stay on the line.

std::string say_kind(Language language, const DriveFacts& drive) {
  if (drive.kind == DriveKind::File) return say(language, Sentence::KindFile);
  if (drive.kind == DriveKind::Loop) return say(language, Sentence::KindLoop);
  if (drive.kind == DriveKind::Simulated) return say(language, Sentence::KindSimulated);
  if (drive.bus == Bus::SdCard) return say(language, Word::CardDrive);
  if (drive.bus == Bus::Usb) return say(language, Word::UsbDrive);
  if (drive.medium == Medium::Rotating) return say(language, Word::RotatingDrive);
  if (drive.medium == Medium::Flash) return say(language, Word::FlashDrive);
  return say(language, Word::UnknownDrive);
}

std::string two_digits(std::int64_t value) { return (value < 10 ? "0" : "") + std::to_string(value); }

constexpr std::size_t kShownRanges = 8;

std::string first_ranges(const ExtentSet& set) {
  std::string text;
  std::size_t shown = 0;
  for (const LbaRange range : set.ranges()) {
    if (shown++ == kShownRanges) return text + " …";
    text += (text.empty() ? "" : ", ") + std::to_string(range.first);
    if (range.count > 1) text += "–" + std::to_string(range.end() - 1);
  }
  return text;
}

}  // namespace

std::string say_drive(Language language, const DriveFacts& drive) {
  std::u32string name = from_utf8(drive.identity.model.empty() ? drive.path : drive.identity.model);
  if (name.size() > kLongestName) name = name.substr(0, kLongestName - 1) + U"…";
  return to_utf8(name) + " · " + say_size(language, drive.geometry.size_bytes()) + " · " + say_kind(language, drive);
}

std::string say_steps(Language language, const Plan& plan) {
  std::string all;
  std::vector<Phrase> known;  // A method has many passes, the finish is written in two sweeps: each act is said once.
  for (const Step& step : plan.steps) {
    if (std::ranges::find(known, step.what) != known.end()) continue;
    all += (all.empty() ? "" : " → ") + say(language, step.what);
    known.push_back(step.what);
  }
  return all;
}

std::string say_progress(Language language, const Plan& plan, const Meter& meter) {
  const JobSample& sample = meter.last();
  if (plan.steps.empty()) return "";
  const std::size_t step = static_cast<std::size_t>(std::min<std::uint64_t>(sample.step, plan.steps.size() - 1));
  std::string said = say(language, Word::StepOf, {std::to_string(step + 1), std::to_string(plan.steps.size())});
  said += " · " + say(language, plan.steps[step].what);
  if (sample.bytes_total > 0)
    said += " · " + say(language, Word::BytesOf,
                        {say_size(language, sample.bytes_done), say_size(language, sample.bytes_total)});
  if (meter.bytes_per_second() > 0) said += " · " + say_speed(language, meter.bytes_per_second());
  if (sample.bad_blocks > 0) said += " · " + say(language, Word::BadBlocks, {std::to_string(sample.bad_blocks)});
  return said;
}

std::string say_findings(const DriveFacts& drive) {
  std::string said;
  for (const Finding& finding : drive.findings) {
    said += (said.empty() ? "" : ", ") + finding.type;
    if (!finding.label.empty()) said += " « " + finding.label + " »";
  }
  return said;
}

std::string say_stop(Language language, Stop stop) {
  return "STOP " + std::to_string(static_cast<unsigned>(stop)) + " – " + std::string(stop_words(language, stop).what);
}

Sentence words_of(VerdictKind kind) {
  switch (kind) {
    case VerdictKind::Erased:
      return Sentence::VerdictErased;
    case VerdictKind::ErasedWithReserve:
      return Sentence::VerdictReserve;
    case VerdictKind::Failed:
      return Sentence::VerdictFailed;
    case VerdictKind::Interrupted:
      return Sentence::VerdictInterrupted;
    case VerdictKind::NotErased:
      return Sentence::VerdictNotErased;
  }
  return Sentence::VerdictFailed;
}

std::string say_time(std::int64_t local_s) {
  constexpr std::int64_t kDay = 24 * 60 * 60;
  const std::int64_t second = (local_s % kDay + kDay) % kDay;
  return two_digits(second / 3600) + ":" + two_digits(second / 60 % 60);
}

std::string say_speed(Language language, std::uint64_t bytes_per_second) {
  return say(language, Word::PerSecond, {say_size(language, bytes_per_second)});
}

std::vector<std::string> say_verification(Language language, const Verification& found) {
  std::vector<std::string> lines;
  if (found.is_good())
    lines.push_back(say(language, Word::SayEqual, {found.content, std::to_string(found.equal.block_count())}));
  const auto add = [&](Word word, const ExtentSet& set) {
    if (!set.empty()) lines.push_back(say(language, word, {std::to_string(set.block_count()), first_ranges(set)}));
  };
  add(Word::SayDiffers, found.differing);
  add(Word::SayUnreadable, found.unreadable);
  add(Word::SayUnproven, found.unproven);
  if (!found.is_complete) lines.push_back(say(language, Word::SayNotAll));
  return lines;
}

std::vector<std::string> say_trial(Language language, const std::vector<TrialCheck>& checks) {
  std::vector<std::string> lines;
  const auto add = [&](Word word, TrialOutcome outcome) {
    std::string names;
    for (const TrialCheck& check : checks)
      if (check.outcome == outcome) names += (names.empty() ? "" : ", ") + say_part(language, check.name);
    if (!names.empty()) lines.push_back(say(language, word, {names}));
  };
  add(Word::SayTrialFail, TrialOutcome::Fail);
  add(Word::SayTrialPass, TrialOutcome::Pass);
  add(Word::SayTrialAbsent, TrialOutcome::Absent);
  return lines;
}

}  // namespace relance
