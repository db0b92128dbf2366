#include "tui/view/view.h"

#include <algorithm>

#include "tui/model/label_reader.h"
#include "tui/view/big_letters.h"
#include "tui/view/say.h"
#include "wiper/base/version.h"
#include "wiper/text/utf8.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

constexpr int kMargin = 2;
constexpr int kValueColumn = 16;  // Where values stand, behind their labels.
constexpr int kTallScreen = 32;   // Enough rows for a second line of block letters.
constexpr int kBarColumns = 40;
constexpr int kPercentColumns = 7;  // "  100 %"

constexpr Style kTitle{Tone::Plain, true};
constexpr Style kFaint{Tone::Faint, false};
constexpr Style kStrong{Tone::Strong, false};

// Writes one line below the other, and nothing over the footer.
class Page {
 public:
  // `scale` of its block letters.
  Page(Screen& screen, const Model& model, int row, int scale)
      : screen_(screen), language_(model.language), row_(row), scale_(scale) {}

  Language language() const { return language_; }
  int row() const { return row_; }
  int rows_left() const { return screen_.size().rows - 2 - row_; }
  int columns() const { return screen_.size().columns - 2 * kMargin; }
  int bar_columns() const { return std::min(kBarColumns * scale_, columns() - kPercentColumns); }
  Screen& screen() { return screen_; }

  void skip() { ++row_; }
  void line(std::string_view text, Style style = {}, int column = kMargin) {
    if (rows_left() <= 0) return;
    screen_.put(column, row_++, text, style);
  }
  void lines(std::string_view text, Style style = {}, int column = kMargin) {
    for (const std::string& part : wrapped(text, screen_.size().columns - column - kMargin)) line(part, style, column);
  }
  void lines(Word word, Style style = {}) { lines(say(language_, word), style); }
  void value(Word label, std::string_view text, Style style = {}) {
    if (rows_left() <= 0) return;
    screen_.put(kMargin, row_, say(language_, label), kFaint);
    lines(text, style, kValueColumn);
  }
  void big(std::string_view text, Style style) {
    const int scale = big_width(text) * scale_ <= columns() && rows_left() > kBigRows * scale_ ? scale_ : 1;
    if (rows_left() <= kBigRows) return;
    put_big(screen_, kMargin, row_, text, style, scale);
    row_ += kBigRows * scale;
  }
  void bar(int column, unsigned percent, Style style) {
    const int done = bar_columns() * static_cast<int>(percent) / 100;
    screen_.fill(column, row_, bar_columns(), 1, {kShade, style});
    screen_.fill(column, row_, done, 1, {kBlock, style});
  }

 private:
  Screen& screen_;
  Language language_;
  int row_;
  int scale_;
};

unsigned percent_of_all(const Model& model) {
  unsigned percent = 100;
  for (const JobRow& job : model.jobs) percent = std::min(percent, job.ended ? 100U : job.meter.percent());
  return model.jobs.empty() ? 0 : percent;
}

std::optional<std::int64_t> end_of_all(const Model& model) {
  std::int64_t longest = 0;
  for (const JobRow& job : model.jobs) {
    if (job.ended || job.stalled) continue;
    const std::optional<std::uint64_t> left = job.meter.seconds_left();
    if (!left) return std::nullopt;
    longest = std::max(longest, static_cast<std::int64_t>(*left));
  }
  return model.local_clock_s + longest;
}

Stop stop_of(const Model& model) {
  for (const DriveOutcome& outcome : model.outcomes)
    if (outcome.error) return outcome.error->stop;
  return model.stop ? model.stop->stop : Stop::Unspecified;
}

struct Headline {
  Tone tone;
  std::string_view shape;
  std::string words;
};

Headline headline(const Model& model) {
  const Language language = model.language;
  switch (model.screen) {
    case ScreenName::Running:
      return {Tone::Running, "▶", say(language, Word::BigRunning) + " " + std::to_string(percent_of_all(model)) + " %"};
    case ScreenName::Done: {
      if (model.inspection && !model.inspection->is_good()) return {Tone::YourTurn, "!", say(language, Word::BigDone)};
      const bool has_reserve = exit_code(model) == ExitCode::Reserve;
      return {has_reserve ? Tone::YourTurn : Tone::Done, has_reserve ? "!" : "✓", say(language, Word::BigDone)};
    }
    case ScreenName::Stop:
      if (!model.saved) return {Tone::YourTurn, "!", say(language, Word::BigYourTurn)};
      return {Tone::Stop, "✗",
              say(language, Word::BigStop) + " " + std::to_string(static_cast<unsigned>(stop_of(model)))};
    case ScreenName::Trial:
      if (model.waiting) return {Tone::Running, "▶", say(language, Word::BigRunning)};
      break;
    default:
      break;
  }
  return {Tone::YourTurn, "!", say(language, Word::BigYourTurn)};
}

int band_rows(int scale) { return kBigRows * scale + 2; }

// As large as the screen's cells allow, and two sevenths of its rows: what must be read from afar leaves room for the rest.
int band_scale(const Headline& headline, Size size) {
  const int width = big_width(headline.words) + 1 + big_width(headline.shape);
  int scale = 1;
  while (7 * band_rows(scale + 1) <= 2 * size.rows && width * (scale + 1) + 2 * kMargin < size.columns) ++scale;
  return scale;
}

void put_band(Screen& screen, const Headline& headline, int scale) {
  const Style style{headline.tone, true};
  screen.fill(0, 1, screen.size().columns, band_rows(scale), {U' ', style});
  put_big(screen, kMargin, 2, headline.words, style, scale);
  const int right = screen.size().columns - kMargin - scale * big_width(headline.shape);
  if (kMargin + scale * big_width(headline.words) + 1 < right) put_big(screen, right, 2, headline.shape, style, scale);
}

void put_title(Screen& screen, const Model& model, const std::string& state) {
  screen.fill(0, 0, screen.size().columns, 1, {U' ', kTitle});
  std::string name = "Relance";
  if (!model.workshop.empty()) name += " · " + model.workshop;
  screen.put(kMargin, 0, name, kTitle);
  const int middle = screen.size().columns / 2 - width_of(state) / 2;
  if (kMargin + width_of(name) >= middle) {  // A long name leaves the state its place.
    screen.fill(middle - 2, 0, screen.size().columns, 1, {U' ', kTitle});
    screen.put(middle - 2, 0, "…", kTitle);
  }
  // The state once more in plain letters: block letters are no text to a screen reader or a serial console's log.
  screen.put(middle, 0, state, kTitle);
  screen.put_right(screen.size().columns - kMargin, 0, model.number + "   " + say_time(model.local_clock_s), kTitle);
}

// What this is about, above all that a screen says.
void put_purpose(Page& page, const Model& model) {
  if (model.purpose == Purpose::Work) return;
  page.lines(model.purpose == Purpose::Practice ? Word::SayPractice : Word::HintInspect, {Tone::YourTurn, false});
}

void put_version(Screen& screen, const Model& model) {
  if (model.version.empty()) return;
  screen.put_right(screen.size().columns - kMargin, screen.size().rows - 1, "Relance " + model.version, kFaint);
}

void put_countdown(Page& page, const Model& model, Word words) {
  const std::optional<std::int64_t> seconds = seconds_to_act(model);
  if (seconds) page.lines(say(model.language, words, {std::to_string(*seconds)}), {Tone::YourTurn, false});
}

void put_footer(Screen& screen, const Model& model, std::initializer_list<Word> keys) {
  std::string text;
  for (const Word key : keys) text += (text.empty() ? "" : "    ") + say(model.language, key);
  screen.put(kMargin, screen.size().rows - 1, text, kFaint);
}

void put_complaint(Page& page, const Model& model) {
  page.skip();
  if (model.waiting) return page.lines(Word::SayWait, kFaint);
  if (!model.complaint) return;
  const StopWords words = stop_words(model.language, *model.complaint);
  page.lines(say_stop(model.language, *model.complaint) + " " + std::string(words.what_to_do), {Tone::Stop, false});
}

void put_input(Page& page, Word label, std::string_view typed) { page.value(label, std::string(typed) + "_", kStrong); }

void view_passphrase(Page& page, const Model& model) {
  page.lines(Word::AskPassphrase, kStrong);
  page.lines(Word::HintPassphrase);
  page.skip();
  put_input(page, Word::LabelPassphrase, std::string(model.typed.size(), '*'));
  put_complaint(page, model);
  put_footer(page.screen(), model, {Word::KeyEnter, Word::KeyQuit});
  put_version(page.screen(), model);
}

void view_number(Page& page, const Model& model) {
  page.lines(Word::AskNumber, kStrong);
  page.lines(Word::HintNumber);
  if (!model.done_before.empty())
    page.lines(say(model.language, Word::HintAlreadyDone, {model.done_before}), {Tone::YourTurn, false});
  else if (model.is_out_of_numbers)
    page.lines(Word::HintNoNumberLeft, {Tone::YourTurn, false});
  page.skip();
  const std::string typed = shown_label(model.typed);
  put_input(page, Word::LabelNumber, typed);
  put_complaint(page, model);
  page.skip();
  if (page.screen().size().rows >= kTallScreen) page.big(typed, {Tone::YourTurn, false});
  put_footer(page.screen(), model, {Word::KeyEnter, Word::KeyQuit});
  put_version(page.screen(), model);
}

constexpr int kDriveRows = 2;

void put_choice(Page& page, const Model& model, const DriveChoice& choice, bool is_here) {
  const bool can_be_marked = !choice.refusal && model.purpose != Purpose::Inspect;
  const std::string mark = !can_be_marked ? "   " : choice.chosen ? "[x]" : "[ ]";
  const Style style = choice.refusal ? kFaint : is_here ? kStrong : Style{};
  page.line(std::string(is_here ? "> " : "  ") + mark + " " + say_drive(model.language, choice.drive), style);
  const std::string findings = say_findings(choice.drive);
  if (choice.refusal)
    page.line(say_stop(model.language, *choice.refusal), kFaint, kMargin + 6);
  else
    page.line(choice.drive.identity.serial + (findings.empty() ? "" : " · " + findings), kFaint, kMargin + 6);
}

void view_list(Page& page, const Model& model) {
  const bool inspects = model.purpose == Purpose::Inspect;
  const bool has_target = std::any_of(model.drives.begin(), model.drives.end(),
                                      [&](const DriveChoice& choice) { return inspects || !choice.refusal; });
  const bool has_none = !has_target && !model.may_be_more_drives;
  if (has_target) page.lines(inspects ? Word::AskInspect : Word::AskDrives, kStrong);
  if (has_none) page.lines(inspects ? Word::SayNoDrive : Word::HintNoDrive, kStrong);
  if (has_none && !inspects) page.lines(Word::HintNoDriveDo);
  if (model.may_be_more_drives) page.lines(Word::SayDrivesCome);
  page.skip();
  const std::size_t visible = static_cast<std::size_t>(std::max(1, (page.rows_left() - 1) / kDriveRows));
  const std::size_t first = model.cursor >= visible ? model.cursor - visible + 1 : 0;
  for (std::size_t i = first; i < std::min(first + visible, model.drives.size()); ++i)
    put_choice(page, model, model.drives[i], i == model.cursor);
  put_complaint(page, model);
  if (inspects)
    put_footer(page.screen(), model, {Word::KeyInspect, Word::KeyQuit});
  else if (has_target)
    put_footer(page.screen(), model, {Word::KeyChoose, Word::KeyEnter, Word::KeyBack});
  else
    put_footer(page.screen(), model, {Word::KeyBack, Word::KeyQuit});
}

void put_plan(Page& page, const Model& model, const Plan& plan) {
  page.value(Word::LabelDrive, say_drive(model.language, plan.drive), kStrong);
  if (!plan.drive.identity.serial.empty()) page.value(Word::LabelSerial, plan.drive.identity.serial);
  if (const std::string findings = say_findings(plan.drive); !findings.empty()) page.value(Word::LabelHolds, findings);
  page.value(Word::LabelSteps, say_steps(model.language, plan));
  for (std::size_t i = 0; i < plan.reasons.size(); ++i) {
    if (i == 0) page.value(Word::LabelReasons, say(model.language, plan.reasons[i]));
    if (i > 0) page.lines(say(model.language, plan.reasons[i]), {}, kValueColumn);
  }
}

void view_plan(Page& page, const Model& model) {
  page.lines(Word::AskPlan, kStrong);
  page.skip();
  for (const Plan& plan : model.plans) {
    put_plan(page, model, plan);
    page.skip();
  }
  page.lines(Word::HintNothingWritten, kFaint);
  put_countdown(page, model, Word::SayStartsIn);
  put_footer(page.screen(), model, {Word::KeyStart, Word::KeyBack, Word::KeyQuit});
}

void view_confirm(Page& page, const Model& model) {
  page.lines(Word::AskConfirm, kStrong);
  page.lines(Word::HintConfirm, {Tone::Stop, false});
  page.skip();
  page.value(Word::LabelNumber, model.number, kStrong);
  for (const Plan& plan : model.plans) page.value(Word::LabelDrive, say_drive(model.language, plan.drive));
  std::string typed;
  for (const char32_t letter : model.typed) typed += digit_of_key(letter) == 0 ? '?' : digit_of_key(letter);
  page.skip();
  put_input(page, Word::LabelConfirm, typed);
  put_complaint(page, model);
  put_footer(page.screen(), model, {Word::KeyStart, Word::KeyBack, Word::KeyQuit});
}

void view_resume(Page& page, const Model& model) {
  page.lines(Word::AskResume, kStrong);
  page.skip();
  if (model.open_run) {
    page.value(Word::LabelNumber, model.open_run->plan.number, kStrong);
    page.value(Word::LabelDrive, say_drive(model.language, model.open_run->plan.drive));
    page.lines(say(model.language, Word::HintResume, {std::to_string(model.open_run->percent)}));
  }
  put_complaint(page, model);
  put_footer(page.screen(), model, {Word::KeyYesNo, Word::KeyQuit});
}

void view_trial(Page& page, const Model& model) {
  page.lines(model.waiting ? Word::SayTrialCollecting : Word::AskTrial, kStrong);
  page.skip();
  page.value(Word::LabelNumber, model.number, kStrong);
  if (model.trial) page.value(Word::LabelDrive, say_drive(model.language, model.trial->plan.drive));
  page.skip();
  if (model.waiting) {
    page.lines(Word::SayWait, kFaint);
    return put_footer(page.screen(), model, {Word::KeyQuit});
  }
  page.lines(Word::HintTrial);
  page.lines(Word::HintTrialByHand, {Tone::YourTurn, false});
  put_footer(page.screen(), model, {Word::KeyTrial, Word::KeyNoTrial, Word::KeyQuit});
}

void put_job(Page& page, const Model& model, const JobRow& job) {
  const Language language = model.language;
  page.line(say_drive(language, job.plan.drive), kStrong);
  if (job.stalled) return page.lines(say_stop(language, Stop::DriveStalled), {Tone::Stop, false});
  page.bar(kMargin, job.ended ? 100 : job.meter.percent(), {job.ended ? Tone::Done : Tone::Running, false});
  page.line(std::to_string(job.ended ? 100 : job.meter.percent()) + " %", kStrong, kMargin + page.bar_columns() + 2);
  if (!job.ended) page.lines(say_progress(language, job.plan, job.meter));
}

bool erases(const JobRow& job) {
  const std::size_t step = static_cast<std::size_t>(job.meter.last().step);
  return job.ended || step >= job.plan.steps.size() || job.plan.steps[step].role == StepRole::Erase;
}

// What pulling the stick costs now.
void put_stick(Page& page, const Model& model) {
  if (model.purpose != Purpose::Work) return;
  if (model.stick_is_away) return page.lines(Word::SayStickAway, {Tone::YourTurn, false});
  const bool has_begun = std::all_of(model.jobs.begin(), model.jobs.end(), [](const JobRow& job) {
    return job.ended || job.stalled || job.meter.last().bytes_done > 0 || job.meter.last().step > 0;
  });
  if (!has_begun) return;  // Before its beginning is on the stick, a job has none.
  const bool may_go = std::all_of(model.jobs.begin(), model.jobs.end(), erases);
  page.lines(may_go ? Word::HintStickMayGo : Word::HintStickStays, kFaint);
}

void view_running(Page& page, const Model& model) {
  const Word words = model.cancelling                    ? Word::SayCancelling
                     : model.purpose == Purpose::Inspect ? Word::SayInspecting
                                                         : Word::SayRunning;
  page.lines(words, kStrong);
  const std::optional<std::int64_t> end = end_of_all(model);
  const std::string end_words =
      end ? say(model.language, Word::EndAt, {say_time(*end)}) : say(model.language, Word::EndUnknown);
  page.lines(end_words, {Tone::Running, false});
  page.skip();
  for (const JobRow& job : model.jobs) {
    put_job(page, model, job);
    page.skip();
  }
  if (end && page.screen().size().rows >= kTallScreen)
    page.big(say(model.language, Word::BigEnd, {say_time(*end)}), {Tone::Running, false});
  if (model.on_battery) page.lines(Word::SayOnBattery, {Tone::YourTurn, false});
  put_stick(page, model);
  put_footer(page.screen(), model, {Word::KeyCancel});
}

void put_outcome(Page& page, const Model& model, const DriveOutcome& outcome) {
  const Language language = model.language;
  page.value(Word::LabelDrive, say_drive(language, outcome.plan.drive), kStrong);
  if (outcome.verdict) {
    const Tone tone = outcome.exit == ExitCode::Done      ? Tone::Done
                      : outcome.exit == ExitCode::Reserve ? Tone::YourTurn
                                                          : Tone::Stop;
    page.value(Word::LabelVerdict, say(language, words_of(outcome.verdict->kind)), {tone, false});
    for (const Phrase& reason : outcome.verdict->reasons) page.lines(say(language, reason), {}, kValueColumn);
  }
  if (outcome.interruptions > 0)
    page.lines(say(language, Word::InterruptedTimes, {std::to_string(outcome.interruptions)}), {}, kValueColumn);
  if (!outcome.certificate.empty()) page.value(Word::LabelCertificate, outcome.certificate);
  const std::vector<std::string> trial = say_trial(language, outcome.trial);
  for (std::size_t i = 0; i < trial.size(); ++i) {
    if (i == 0) page.value(Word::LabelTrial, trial[i]);
    if (i > 0) page.lines(trial[i], {}, kValueColumn);
  }
}

Word words_of(const Verification& found) {
  const bool is_of_journal = found.content == "journal";
  if (!found.is_complete || !found.unreadable.empty()) return Word::SayInspectedPart;
  if (found.is_good()) return is_of_journal ? Word::SayInspectedJournal : Word::SayInspectedZero;
  return is_of_journal ? Word::SayInspectedChanged : Word::SayInspectedOther;
}

void view_inspected(Page& page, const Model& model, const Verification& found) {
  const Word words = words_of(found);
  page.lines(words, kStrong);
  if (words == Word::SayInspectedOther && found.drive.medium == Medium::Flash) page.lines(Word::HintInspectFlash);
  page.skip();
  page.value(Word::LabelDrive, say_drive(model.language, found.drive), kStrong);
  for (const std::string& line : say_verification(model.language, found)) page.lines(line, {}, kValueColumn);
  put_footer(page.screen(), model, {Word::KeyEnter, Word::KeyQuit});
}

void view_done(Page& page, const Model& model) {
  if (model.inspection) return view_inspected(page, model, *model.inspection);
  page.lines(exit_code(model) == ExitCode::Reserve ? Word::SayReserve : Word::SayDone, kStrong);
  const bool is_tried_next = !trial_word_of(model).empty();
  page.lines(is_tried_next ? Word::HintStickTrial : Word::HintStickOut);
  page.skip();
  page.value(Word::LabelNumber, model.number, kStrong);
  for (const DriveOutcome& outcome : model.outcomes) {
    put_outcome(page, model, outcome);
    page.skip();
  }
  const Word end = model.at_end == AtEnd::Reboot ? Word::SayRebootsIn : Word::SayPowersOffIn;
  put_countdown(page, model, is_tried_next ? Word::SayTrialIn : end);
  put_footer(page.screen(), model, {Word::KeyQuitEnter});
}

void view_stop(Page& page, const Model& model) {
  const Stop stop = stop_of(model);
  const StopWords words = stop_words(model.language, stop);
  page.lines(words.what, kStrong);
  page.lines(words.what_to_do);
  if (!model.saved) page.lines(Word::HintSaveAgain);
  page.skip();
  if (!model.number.empty()) page.value(Word::LabelNumber, model.number, kStrong);
  for (const DriveOutcome& outcome : model.outcomes) {
    put_outcome(page, model, outcome);
    page.skip();
  }
  if (model.outcomes.empty() && model.stop && !model.stop->detail.empty())
    page.value(Word::LabelDetail, model.stop->detail);
  if (model.outcomes.empty()) page.lines(Word::HintNothingWritten, kFaint);
  if (!model.saved)
    put_footer(page.screen(), model, {Word::KeyRetry, Word::KeyQuit});
  else if (model.outcomes.empty())
    put_footer(page.screen(), model, {Word::KeyEnter, Word::KeyQuit});
  else
    put_footer(page.screen(), model, {Word::KeyQuitEnter});
}

Screen too_small(const Model& model, Size size) {
  Screen screen(size);
  int row = 0;
  screen.put(0, row++, "Relance");
  for (const std::string& part : wrapped(say(model.language, Word::SayTooSmall), size.columns))
    screen.put(0, row++, part);
  const std::string wanted = std::to_string(kSmallestScreen.columns) + " x " + std::to_string(kSmallestScreen.rows);
  screen.put(0, row, std::to_string(size.columns) + " x " + std::to_string(size.rows) + " < " + wanted);
  return screen;
}

}  // namespace

Screen view(const Model& model, Size size) {
  if (size.columns < kSmallestScreen.columns || size.rows < kSmallestScreen.rows) return too_small(model, size);
  Screen screen(size);
  const Headline state = headline(model);
  put_title(screen, model, state.words);
  const int scale = band_scale(state, size);
  put_band(screen, state, scale);
  Page page(screen, model, 1 + band_rows(scale) + 1, scale);
  put_purpose(page, model);
  switch (model.screen) {
    case ScreenName::Passphrase:
      view_passphrase(page, model);
      break;
    case ScreenName::Number:
      view_number(page, model);
      break;
    case ScreenName::List:
      view_list(page, model);
      break;
    case ScreenName::Plan:
      view_plan(page, model);
      break;
    case ScreenName::Confirm:
      view_confirm(page, model);
      break;
    case ScreenName::Resume:
      view_resume(page, model);
      break;
    case ScreenName::Trial:
      view_trial(page, model);
      break;
    case ScreenName::Running:
      view_running(page, model);
      break;
    case ScreenName::Done:
      view_done(page, model);
      break;
    case ScreenName::Stop:
      view_stop(page, model);
      break;
  }
  return screen;
}

}  // namespace relance
