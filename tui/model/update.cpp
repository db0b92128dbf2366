#include <algorithm>
#include <utility>

#include "tui/model/autopilot.h"
#include "tui/model/label_reader.h"
#include "tui/model/steps.h"
#include "wiper/text/utf8.h"

namespace relance {
namespace {

constexpr std::size_t kLongestTyped = 64;  // A passphrase of seven words; a label has 11 characters.

bool is_typing(ScreenName screen) {
  return screen == ScreenName::Passphrase || screen == ScreenName::Number || screen == ScreenName::Confirm;
}

Update type(Model model, Key key) {
  if (key.name == KeyName::Backspace) {
    if (!model.typed.empty()) model.typed.pop_back();
    model.complaint.reset();
  } else if (model.typed.size() < kLongestTyped) {
    model.typed += key.letter;
    model.complaint.reset();
  }
  return stay(std::move(model));
}

// A wrong entry stays on its screen; what was typed goes, so that the next scan starts clean.
Update complain(Model model, Stop stop) {
  model.complaint = stop;
  model.typed.clear();
  model.waiting = false;
  return stay(std::move(model));
}

bool has_chosen(const Model& model) {
  return std::any_of(model.drives.begin(), model.drives.end(), [](const DriveChoice& choice) { return choice.chosen; });
}

Update enter_number(Model model) {
  const Result<std::string> number = read_label(model.typed, model.number_prefix);
  if (!number.ok()) return complain(std::move(model), Stop::WrongNumber);
  model.number = number.value();
  return ask(std::move(model), intent::LookForDrives{});
}

Update enter_confirm(Model model) {
  std::string digits;
  for (const char32_t letter : model.typed) digits += digit_of_key(letter) == 0 ? '?' : digit_of_key(letter);
  if (!is_confirmed_by(digits, model.number)) return complain(std::move(model), Stop::WrongConfirmation);
  Intent wanted = intent::StartJobs{model.plans, digits};
  return ask(std::move(model), std::move(wanted));
}

Update enter_list(Model model) {
  const bool is_on_drive = model.cursor < model.drives.size();
  if (model.purpose == Purpose::Inspect) {
    if (!is_on_drive) return ask(std::move(model), intent::LookForDrives{});
    Intent wanted = intent::StartInspection{model.drives[model.cursor].drive.path};
    return ask(std::move(model), std::move(wanted));
  }
  if (!has_chosen(model) && is_on_drive && !model.drives[model.cursor].refusal)
    model.drives[model.cursor].chosen = true;
  if (!has_chosen(model)) return stay(std::move(model));
  return make_plans(std::move(model));
}

Update enter_stop(Model model) {
  if (!model.saved) return ask(std::move(model), intent::SaveAgain{});
  if (!model.outcomes.empty() || model.cannot_start) return leave(std::move(model));
  model.stop.reset();
  if (model.purpose == Purpose::Inspect) return ask(std::move(model), intent::LookForDrives{});
  return show(std::move(model), ScreenName::Number);
}

Update enter(Model model) {
  switch (model.screen) {
    case ScreenName::Passphrase: {
      Intent wanted = intent::OpenKey{to_utf8(model.typed)};
      return ask(std::move(model), std::move(wanted));
    }
    case ScreenName::Number:
      return enter_number(std::move(model));
    case ScreenName::List:
      return enter_list(std::move(model));
    case ScreenName::Plan:
      return show(std::move(model), ScreenName::Confirm);
    case ScreenName::Confirm:
      return enter_confirm(std::move(model));
    case ScreenName::Trial:
      return leave(std::move(model));
    case ScreenName::Done:
      if (model.purpose == Purpose::Inspect) return ask(std::move(model), intent::LookForDrives{});
      return leave(std::move(model));
    case ScreenName::Stop:
      return enter_stop(std::move(model));
    case ScreenName::Resume:
    case ScreenName::Running:
      return stay(std::move(model));  // Nothing starts or stops by a stray Enter.
  }
  return stay(std::move(model));
}

Update go_back(Model model) {
  switch (model.screen) {
    case ScreenName::List:
      if (model.purpose == Purpose::Inspect) return stay(std::move(model));
      return show(std::move(model), ScreenName::Number);
    case ScreenName::Plan: {
      const ScreenName before =
          model.drives.size() > 1 ? ScreenName::List : ScreenName::Number;  // Asked before it moves.
      return show(std::move(model), before);
    }
    case ScreenName::Confirm:
      return show(std::move(model), ScreenName::Plan);
    default:
      return stay(std::move(model));
  }
}

Update interrupt(Model model) {
  if (model.screen != ScreenName::Running) return leave(std::move(model));
  model.cancelling = true;
  return {std::move(model), {intent::CancelJobs{}}};
}

Update choose_drive(Model model, Key key) {
  if (key.name == KeyName::Up && model.cursor > 0) --model.cursor;
  if (key.name == KeyName::Down && model.cursor + 1 < model.drives.size()) ++model.cursor;
  const bool chooses = key.name == KeyName::Letter && key.letter == U' ' && model.purpose != Purpose::Inspect;
  if (chooses && model.cursor < model.drives.size()) {
    DriveChoice& choice = model.drives[model.cursor];
    if (!choice.refusal) choice.chosen = !choice.chosen;
  }
  return stay(std::move(model));
}

Update answer_resume(Model model, char32_t letter) {
  if (letter == U'o' || letter == U'O' || letter == U'y' || letter == U'Y') {
    Intent wanted = intent::ResumeRun{model.open_run->run};
    return ask(std::move(model), std::move(wanted));
  }
  if (letter == U'n' || letter == U'N') {
    model.wants_no_open_run = true;
    return show(std::move(model), ScreenName::Number);
  }
  return stay(std::move(model));
}

// Only "no" is a letter here; the trial itself begins with Enter.
Update answer_trial(Model model, char32_t letter) {
  if (letter != U'n' && letter != U'N') return stay(std::move(model));
  model.wants_no_open_run = true;
  return show(std::move(model), ScreenName::Number);
}

Update on_key(Model model, Key key) {
  if (key.name == KeyName::Interrupt) return interrupt(std::move(model));
  if (model.waiting) return stay(std::move(model));
  disarm(model);
  if (key.name == KeyName::Enter) return enter(std::move(model));
  if (key.name == KeyName::Escape) return go_back(std::move(model));
  if (is_typing(model.screen) && (key.name == KeyName::Letter || key.name == KeyName::Backspace))
    return type(std::move(model), key);
  if (model.screen == ScreenName::List) return choose_drive(std::move(model), key);
  if (model.screen == ScreenName::Resume && key.name == KeyName::Letter)
    return answer_resume(std::move(model), key.letter);
  if (model.screen == ScreenName::Trial && key.name == KeyName::Letter)
    return answer_trial(std::move(model), key.letter);
  return stay(std::move(model));
}

// The same drives, looked at again: what was chosen stays chosen.
void keep_choices(Model& model, const std::vector<DriveChoice>& before, std::size_t cursor_before) {
  for (DriveChoice& choice : model.drives) {
    const auto old = std::find_if(before.begin(), before.end(), [&](const DriveChoice& each) {
      return each.drive.path == choice.drive.path && is_same_drive(each.drive, choice.drive);
    });
    if (old == before.end()) continue;
    choice.chosen = old->chosen && !choice.refusal;
    if (static_cast<std::size_t>(old - before.begin()) == cursor_before)
      model.cursor = static_cast<std::size_t>(&choice - model.drives.data());
  }
}

Update on_drives(Model model, const message::DrivesFound& found) {
  // What was seen while drivers were loading was no list yet, unless somebody has already chosen from it.
  const bool is_again = model.screen == ScreenName::List && (!model.may_be_more_drives || has_chosen(model));
  const std::vector<DriveChoice> before = std::exchange(model.drives, found.drives);
  const std::size_t cursor_before = model.cursor;
  model.may_be_more_drives = found.may_be_more;
  const auto may_be_chosen = [](const DriveChoice& choice) { return !choice.refusal; };
  const auto first = std::find_if(model.drives.begin(), model.drives.end(), may_be_chosen);
  const auto targets = std::count_if(model.drives.begin(), model.drives.end(), may_be_chosen);
  model.cursor = first == model.drives.end() ? 0 : static_cast<std::size_t>(first - model.drives.begin());
  if (model.autopilot) {
    if (choose_by_itself(model, before)) return make_plans(std::move(model));
    return armed(show(std::move(model), ScreenName::List));
  }
  if (is_again) keep_choices(model, before, cursor_before);
  if (model.purpose == Purpose::Inspect || is_again || found.may_be_more)
    return armed(show(std::move(model), ScreenName::List));
  if (targets == 1) first->chosen = true;
  // One drive, and it is a target: there is nothing to choose. Among several nothing is chosen by itself.
  if (targets == 1 && model.drives.size() == 1) return make_plans(std::move(model));
  return armed(show(std::move(model), ScreenName::List));
}

Update on_open_run(Model model, const message::OpenRunFound& found) {
  model.open_run = OpenRun{found.run, found.plan, found.percent};
  model.number = found.plan.number;
  Update shown = show(std::move(model), ScreenName::Resume);
  if (shown.model.autopilot) return ask(std::move(shown.model), intent::ResumeRun{found.run});
  return shown;
}

Update on_started(Model model, const message::Started& started) {
  model.jobs.clear();
  for (std::size_t i = 0; i < started.plans.size(); ++i)
    model.jobs.push_back({started.plans[i], Meter(started.step_bytes[i], started.plans[i].speeds.value_or(Speeds{}))});
  if (!started.plans.empty()) model.number = started.plans.front().number;
  return show(std::move(model), ScreenName::Running);
}

Update on_tick(Model model, const message::Tick& tick) {
  model.now = tick.now;
  model.local_clock_s = tick.local_clock_s;
  for (std::size_t i = 0; i < tick.drives.size() && i < model.jobs.size(); ++i) {
    JobRow& row = model.jobs[i];
    row.ended = tick.drives[i].ended;
    row.stalled = tick.drives[i].stalled;
    if (!row.ended) row.meter.add(tick.now, tick.drives[i].sample);
  }
  model.stick_is_away = tick.stick_is_away;
  model.on_battery = tick.on_battery;
  return on_time(std::move(model));
}

Update on_inspection(Model model, const message::InspectionStarted& started) {
  model.inspection.reset();
  model.cancelling = false;
  model.jobs.clear();
  model.jobs.push_back({started.plan, Meter(started.step_bytes)});
  return show(std::move(model), ScreenName::Running);
}

Update on_inspected(Model model, Verification found) {
  if (model.cancelling) return ask(std::move(model), intent::LookForDrives{});
  model.inspection = std::move(found);
  return show(std::move(model), ScreenName::Done);
}

Update on_ended(Model model, message::Ended ended) {
  model.outcomes = std::move(ended.outcomes);
  if (model.number.empty() && !model.outcomes.empty()) model.number = model.outcomes.front().plan.number;
  model.saved = ended.saved;
  if (goes_on_with_stick(model)) {
    ++model.stick_returns;
    return ask(std::move(model), intent::ResumeRun{ended.run});
  }
  const ExitCode exit = exit_code(model);
  const bool is_done = model.saved && (exit == ExitCode::Done || exit == ExitCode::Reserve);
  return armed(show(std::move(model), is_done ? ScreenName::Done : ScreenName::Stop));
}

Update on_refused(Model model, Error error) {
  if (is_typing(model.screen) &&
      (error.stop == Stop::KeyPassphrase || error.stop == Stop::WrongConfirmation || error.stop == Stop::WrongNumber))
    return complain(std::move(model), error.stop);
  model.stop = std::move(error);
  return show(std::move(model), ScreenName::Stop);
}

}  // namespace

std::string confirm_digits(std::string_view number) {
  std::string digits;
  for (const char letter : number)
    if (letter >= '0' && letter <= '9') digits += letter;
  return digits.size() < kConfirmDigits ? "" : digits.substr(digits.size() - kConfirmDigits);
}

bool is_confirmed_by(std::string_view typed, std::string_view number) {
  return !typed.empty() && typed == confirm_digits(number);
}

ExitCode worst(ExitCode one, ExitCode other) {
  static constexpr ExitCode kOrder[] = {ExitCode::Done,        ExitCode::Reserve, ExitCode::Refused,
                                        ExitCode::Interrupted, ExitCode::Failed,  ExitCode::Usage};
  const auto place = [](ExitCode code) { return std::find(std::begin(kOrder), std::end(kOrder), code); };
  return place(one) < place(other) ? other : one;
}

std::string trial_word_of(const Model& model) {
  if (model.screen == ScreenName::Trial && model.trial) return model.trial->word;
  if (model.screen != ScreenName::Done) return "";
  const auto awaits = [](const DriveOutcome& outcome) { return !outcome.trial_word.empty(); };
  const auto found = std::find_if(model.outcomes.begin(), model.outcomes.end(), awaits);
  return found == model.outcomes.end() ? "" : found->trial_word;
}

ExitCode exit_code(const Model& model) {
  ExitCode exit = ExitCode::Done;
  for (const DriveOutcome& outcome : model.outcomes) exit = worst(exit, outcome.exit);
  if (!model.saved) exit = worst(exit, ExitCode::Interrupted);
  if (model.cannot_start) exit = worst(exit, ExitCode::Refused);
  return exit;
}

Update start_screens(Model model, bool key_is_open) {
  if (model.purpose == Purpose::Inspect)
    return ask(show(std::move(model), ScreenName::List).model, intent::LookForDrives{});
  if (!key_is_open) return show(std::move(model), ScreenName::Passphrase);
  return update(std::move(model), message::KeyOpened{});
}

Update refuse_to_start(Model model, Error error) {
  model.cannot_start = true;
  model.stop = std::move(error);
  return show(std::move(model), ScreenName::Stop);
}

Update update(Model model, const Message& message) {
  struct Visit {
    Model model;
    Update operator()(const message::KeyPressed& it) { return on_key(std::move(model), it.key); }
    Update operator()(const message::Resized& it) {
      model.size = it.size;
      return stay(std::move(model));
    }
    Update operator()(const message::Tick& it) { return on_tick(std::move(model), it); }
    Update operator()(const message::KeyOpened&) {
      Update shown = show(std::move(model), ScreenName::Number);
      shown.intents.push_back(intent::LookForOpenRun{});
      return shown;
    }
    Update operator()(const message::DrivesFound& it) { return on_drives(std::move(model), it); }
    Update operator()(const message::OpenRunFound& it) { return on_open_run(std::move(model), it); }
    Update operator()(const message::TrialCollecting& it) {
      model.number = it.plan.number;
      model.trial = message::TrialAwaited{it.plan, ""};
      Update shown = show(std::move(model), ScreenName::Trial);
      shown.model.waiting = true;  // Until Ended, TrialAwaited or Refused.
      return shown;
    }
    Update operator()(const message::TrialAwaited& it) {
      model.trial = it;
      model.number = it.plan.number;
      return show(std::move(model), ScreenName::Trial);
    }
    Update operator()(const message::Planned& it) {
      model.plans = it.plans;
      return armed(show(std::move(model), ScreenName::Plan));
    }
    Update operator()(const message::NoOpenRun& it) { return on_no_open_run(std::move(model), it); }
    Update operator()(const message::InspectionStarted& it) { return on_inspection(std::move(model), it); }
    Update operator()(const message::Inspected& it) { return on_inspected(std::move(model), it.found); }
    Update operator()(const message::Started& it) { return on_started(std::move(model), it); }
    Update operator()(const message::Ended& it) { return on_ended(std::move(model), it); }
    Update operator()(const message::Refused& it) { return on_refused(std::move(model), it.error); }
  };
  return std::visit(Visit{std::move(model)}, message);
}

}  // namespace relance
