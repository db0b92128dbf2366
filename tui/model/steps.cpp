#include "tui/model/steps.h"

namespace relance {

Update stay(Model model) { return {std::move(model), {}}; }

Update ask(Model model, Intent intent) {
  model.waiting = true;
  model.complaint.reset();
  return {std::move(model), {std::move(intent)}};
}

Update show(Model model, ScreenName screen) {
  model.screen = screen;
  model.typed.clear();
  model.complaint.reset();
  model.waiting = false;
  model.acts_at.reset();
  return stay(std::move(model));
}

Update leave(Model model) {
  const ExitCode exit = exit_code(model);
  std::string trial = trial_word_of(model);
  return ask(std::move(model), intent::Leave{exit, std::move(trial)});
}

Update make_plans(Model model) {
  intent::MakePlans wanted{model.number, {}};
  for (const DriveChoice& choice : model.drives)
    if (choice.chosen) wanted.paths.push_back(choice.drive.path);
  return ask(std::move(model), std::move(wanted));
}

}  // namespace relance
