#include "tui/model/autopilot.h"

#include <algorithm>

#include "tui/model/steps.h"

namespace relance {
namespace {

constexpr nanoseconds kBeforeStart = std::chrono::seconds(5);
constexpr nanoseconds kBeforeEnd = std::chrono::seconds(10);
constexpr unsigned kMostReturns = 20;  // A stick that always answers and always fails must not go round for ever.
constexpr nanoseconds kBetweenSaves = std::chrono::seconds(2);
constexpr nanoseconds kBetweenLooks = std::chrono::seconds(2);
constexpr nanoseconds kDriversLoad = std::chrono::seconds(
    60);  // From the program's start: by then a person sees what has come. Nobody sees an armed stick.

bool saves_again(const Model& model) { return model.screen == ScreenName::Stop && !model.saved; }

// Drives appear as their drivers are loaded, and with one of them perhaps a job that waits for it. Only before a person types.
bool looks_for_open_run(const Model& model) {
  return model.screen == ScreenName::Number && model.purpose == Purpose::Work && model.typed.empty() &&
         !model.wants_no_open_run && (model.autopilot || model.now < model.started_at + kDriversLoad);
}

// After which time the shown screen acts.
std::optional<nanoseconds> patience_of(const Model& model) {
  if (model.screen == ScreenName::Plan && model.autopilot) return kBeforeStart;
  const bool goes_by_itself = model.at_end != AtEnd::Wait || !trial_word_of(model).empty();
  if (model.screen == ScreenName::Done && model.purpose == Purpose::Work && goes_by_itself) return kBeforeEnd;
  if (saves_again(model)) return kBetweenSaves;
  if (model.screen == ScreenName::List || looks_for_open_run(model)) return kBetweenLooks;
  return std::nullopt;
}

}  // namespace

Update on_no_open_run(Model model, const message::NoOpenRun& found) {
  model.done_before = found.done_before;
  model.is_out_of_numbers = found.are_numbers_used;
  const bool goes_on = model.autopilot && found.have_drives_settled;
  if (!goes_on) return armed(stay(std::move(model)));
  if (!found.done_before.empty() || found.next_number.empty()) return stay(std::move(model));
  model.number = found.next_number;
  return ask(std::move(model), intent::LookForDrives{});
}

bool choose_by_itself(Model& model, const std::vector<DriveChoice>& before) {
  const auto is_same = [](const DriveChoice& one, const DriveChoice& other) {
    return one.drive.path == other.drive.path && is_same_drive(one.drive, other.drive);
  };
  const bool has_settled = model.screen == ScreenName::List && !model.may_be_more_drives &&
                           std::equal(before.begin(), before.end(), model.drives.begin(), model.drives.end(), is_same);
  bool has_chosen = false;
  for (DriveChoice& choice : model.drives) {
    choice.chosen = has_settled && !choice.refusal && !is_external(choice.drive.bus);
    has_chosen = has_chosen || choice.chosen;
  }
  return has_chosen;
}

Update armed(Update shown) {
  const std::optional<nanoseconds> patience = patience_of(shown.model);
  if (patience) shown.model.acts_at = shown.model.now + *patience;
  return shown;
}

void disarm(Model& model) {
  if (model.screen == ScreenName::List) model.autopilot = false;
  const bool goes_on = saves_again(model) || model.screen == ScreenName::List || model.screen == ScreenName::Number;
  if (!goes_on) model.acts_at.reset();
}

Update on_time(Model model) {
  if (!model.acts_at || model.waiting || model.now < *model.acts_at) return stay(std::move(model));
  model.acts_at.reset();
  if (saves_again(model)) return ask(std::move(model), intent::SaveAgain{});
  if (model.screen == ScreenName::List) return {std::move(model), {intent::LookForDrives{}}};
  if (model.screen == ScreenName::Number) {
    if (!looks_for_open_run(model)) return stay(std::move(model));
    return {std::move(model), {intent::LookForOpenRun{}}};
  }
  if (model.screen == ScreenName::Done) return leave(std::move(model));
  Intent wanted = intent::StartJobs{model.plans, confirm_digits(model.number)};
  return ask(std::move(model), std::move(wanted));
}

bool goes_on_with_stick(const Model& model) {
  const auto waits_for_stick = [](const DriveOutcome& outcome) {
    return outcome.exit == ExitCode::Interrupted && outcome.error &&
           (outcome.error->stop == Stop::StickGone || outcome.error->stop == Stop::StickMissing);
  };
  return model.saved && !model.cancelling && model.stick_returns < kMostReturns &&
         std::any_of(model.outcomes.begin(), model.outcomes.end(), waits_for_stick);
}

std::optional<std::int64_t> seconds_to_act(const Model& model) {
  const bool is_silent = saves_again(model) || model.screen == ScreenName::List || model.screen == ScreenName::Number;
  if (!model.acts_at || is_silent) return std::nullopt;
  const nanoseconds left = std::max(*model.acts_at - model.now, nanoseconds{0});
  return std::chrono::ceil<std::chrono::seconds>(left).count();
}

}  // namespace relance
