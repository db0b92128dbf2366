#include "wiper/plan/choice.h"

#include <algorithm>

#include "wiper/plan/estimate.h"

namespace relance {
namespace {

Error refused(std::string detail) { return {Errc::Refused, Stop::MethodUnknown, std::move(detail)}; }

const std::vector<std::string>& allowed_methods(const DriveFacts& drive, const Policy& policy) {
  return drive.medium == Medium::Rotating ? policy.rotating_methods : policy.flash_methods;
}

bool allows(const std::vector<std::string>& allowed, std::string_view name) {
  return allowed.empty() || std::ranges::find(allowed, name) != allowed.end();
}

// Those to choose among; the first is what runs where no budget asks for another.
Result<std::vector<MethodChoice>> candidates(const DriveFacts& drive, const Policy& policy) {
  const std::vector<std::string>& allowed = allowed_methods(drive, policy);
  if (policy.method != "auto") {
    const Method* const method = method_named(policy.method);
    if (method == nullptr) return refused("no erase method is called \"" + policy.method + "\"");
    if (!allows(allowed, policy.method)) return refused("the profile does not allow " + policy.method + " here");
    return std::vector<MethodChoice>{{method, {Sentence::MethodAsked, {policy.method}}}};
  }
  std::vector<MethodChoice> list;
  if (const MethodChoice choice = choose_method(drive); allows(allowed, choice.method->name)) list.push_back(choice);
  for (const std::string& name : allowed) {
    const Method* const method = method_named(name);
    if (method == nullptr) return refused("no erase method is called \"" + name + "\"");
    if (list.empty() || list.front().method != method) list.push_back({method, {Sentence::MethodOfPolicy, {name}}});
  }
  return list;
}

// Reading back first: what is not looked at proves nothing, however often it was written.
int depth_of(Verify verify) {
  switch (verify) {
    case Verify::Each:
      return 3;
    case Verify::Full:
      return 2;
    case Verify::Sample:
      return 1;
    case Verify::None:
      break;
  }
  return 0;
}

struct Option {
  MethodChoice method;
  Verify verify;
  std::uint64_t seconds;
  std::size_t number;  // In the order of the profile: of two equals the first.
};

bool is_stronger(const Option& one, const Option& other) {
  const int depth = depth_of(one.verify);
  const int other_depth = depth_of(other.verify);
  if (depth != other_depth) return depth > other_depth;
  const std::size_t passes = one.method.method->passes.size();
  const std::size_t other_passes = other.method.method->passes.size();
  return passes != other_passes ? passes > other_passes : one.number < other.number;
}

std::uint64_t minutes_of(std::uint64_t seconds) { return (seconds + 59) / 60; }

}  // namespace

Result<Choice> choose(const DriveFacts& drive, const Policy& policy, const Speeds& speeds) {
  const std::vector<MethodChoice> methods = TRY(candidates(drive, policy));
  const Choice first{methods.front().method, policy.verify, {methods.front().why}};
  if (policy.budget_minutes == 0 || !speeds.is_known()) return first;

  std::vector<Verify> depths = policy.verify_allowed;
  if (std::ranges::find(depths, policy.verify) == depths.end()) depths.insert(depths.begin(), policy.verify);
  std::vector<Option> options;
  for (const MethodChoice& method : methods)
    for (const Verify verify : depths) {
      std::uint64_t bytes = 0;
      for (const Step& step : erase_steps(drive, policy, *method.method, verify))
        bytes += erase_bytes(step, drive.geometry);
      options.push_back({method, verify, seconds_for(bytes, speeds), options.size()});
    }
  std::ranges::sort(options, is_stronger);

  const std::uint64_t budget_s = std::uint64_t{policy.budget_minutes} * 60;
  const auto fits = [&](const Option& option) { return option.seconds <= budget_s; };
  const auto chosen = std::ranges::find_if(options, fits);
  const bool any_fits = chosen != options.end();
  const Option& option = any_fits ? *chosen : options.front();
  const std::string budget = std::to_string(policy.budget_minutes);
  const Phrase why{any_fits ? Sentence::BudgetFits : Sentence::BudgetMissed,
                   {std::to_string(minutes_of(option.seconds)), budget}};
  return Choice{option.method.method, option.verify, {option.method.why, why}};
}

}  // namespace relance
