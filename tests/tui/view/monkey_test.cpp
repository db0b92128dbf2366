#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>

#include "tui/view/view.h"
#include "wiper/base/split_mix64.h"

namespace relance {
namespace {

constexpr const char* kNumber = "DEF-04217-8";

DriveFacts drive_at(const std::string& path) {
  DriveFacts drive;
  drive.path = path;
  drive.identity.serial = "S" + path;
  drive.geometry = {1000, 512, 512};
  drive.bus = Bus::Ata;
  drive.medium = Medium::Rotating;
  drive.confirm_word = drive.identity.serial;
  return drive;
}

Plan plan_for(const std::string& path, const std::string& number) {
  PlanRequest request;
  request.number = number;
  return make_plan(drive_at(path), Policy{}, request).value();
}

std::vector<std::string> paths_of(const std::vector<Plan>& plans) {
  std::vector<std::string> paths;
  paths.reserve(plans.size());
  for (const Plan& plan : plans) paths.push_back(plan.drive.path);
  return paths;
}

// A person who presses anything at any time, sometimes what makes sense, before a PC that answers each intent late, or with a
// refusal. Held against every step: nothing starts but what was chosen, shown and confirmed, and what failed is never left as
// done.
class Monkey {
 public:
  explicit Monkey(std::uint64_t seed) : random_(seed) { switch_on(); }

  void play(std::uint64_t messages) {
    for (std::uint64_t i = 0; i < messages; ++i) {
      CAPTURE(i);
      step();
      if (i % 64 == 0) draw();
    }
  }
  std::string text() const {
    return std::to_string(started_) + " starts, " + std::to_string(resumed_) + " resumed, " + std::to_string(left_) +
           " times left";
  }
  bool has_seen_all() const { return started_ > 100 && resumed_ > 100 && left_ > 100 && screens_.size() == 10; }

 private:
  std::uint64_t below(std::uint64_t bound) { return random_.next() % bound; }
  bool once_in(std::uint64_t n) { return below(n) == 0; }

  void switch_on() {
    Model model;
    model.purpose = static_cast<Purpose>(below(3));
    model.language = once_in(2) ? Language::English : Language::French;
    model.autopilot = model.purpose == Purpose::Work && once_in(3);
    model.at_end = static_cast<AtEnd>(below(3));
    model.now = model_ ? model_->now : Moment{};
    model.started_at = model.now;
    unanswered_.clear();
    keys_.clear();
    are_jobs_running_ = false;
    take(start_screens(std::move(model), once_in(2)), nullptr);
  }

  void step() {
    if (!unanswered_.empty() && (!keys_.empty() || !once_in(4))) return answer();
    if (are_jobs_running_ && once_in(40)) return end_jobs();
    if (keys_.empty() && once_in(12)) press_what_makes_sense();
    switch (keys_.empty() ? below(8) : 7) {
      case 0:
        return send(message::Resized{{static_cast<int>(below(241)), static_cast<int>(below(68))}});
      case 1:
      case 2:
        return tick();
      default:
        return press();
    }
  }

  void press_what_makes_sense() {
    static constexpr std::u32string_view kSensible[] = {U"042178\n", U"\n178\n", U"178\n", U"\n", U"o", U" \n", U"n"};
    for (const char32_t letter : kSensible[below(std::size(kSensible))]) keys_.push_back(letter);
  }
  void press() {
    static constexpr char32_t kLetters[] = {U'0', U'1', U'4', U'7', U'8', U' ', U'o', U'n', U'é', U'\'', U'!'};
    static constexpr KeyName kNames[] = {KeyName::Escape, KeyName::Backspace, KeyName::Tab, KeyName::Up, KeyName::Down};
    Key key{KeyName::Letter, kLetters[below(std::size(kLetters))]};
    if (!keys_.empty()) {
      key = keys_.front() == U'\n' ? Key{KeyName::Enter, 0} : Key{KeyName::Letter, keys_.front()};
      keys_.pop_front();
    } else if (once_in(400)) {
      key = {KeyName::Interrupt, 0};
    } else if (once_in(3)) {
      key = once_in(3) ? Key{KeyName::Enter, 0} : Key{kNames[below(std::size(kNames))], 0};
    }
    send(message::KeyPressed{key});
  }
  void tick() {
    message::Tick tick;
    tick.now = model_->now + std::chrono::milliseconds(100 + below(9000));
    tick.local_clock_s = static_cast<std::int64_t>(below(2'000'000'000));
    tick.stick_is_away = once_in(10);
    tick.on_battery = once_in(10);
    for (std::size_t i = 0; i < below(4); ++i)
      tick.drives.push_back({"1", {below(3), below(1 << 20), 1 << 20, below(9)}, once_in(5), once_in(9)});
    send(tick);
  }

  // As the PC would: of what was asked, or a refusal of it.
  void answer() {
    const Intent asked = unanswered_.front();
    unanswered_.pop_front();
    if (std::holds_alternative<intent::Leave>(asked)) return switch_on();
    if (once_in(8) && !std::holds_alternative<intent::CancelJobs>(asked)) return send(refusal());
    std::visit([this](const auto& it) { answer_to(it); }, asked);
  }
  message::Refused refusal() {
    static constexpr Stop kStops[] = {Stop::KeyPassphrase, Stop::WrongConfirmation, Stop::DriveTooSmall,
                                      Stop::StickGone};
    return {{Errc::Refused, kStops[below(std::size(kStops))], "no"}};
  }
  void answer_to(const intent::OpenKey&) { send(message::KeyOpened{}); }
  void answer_to(const intent::LookForOpenRun&) {
    if (once_in(4)) return send(message::OpenRunFound{"run", plan_for("/open", kNumber), 40});
    if (once_in(9)) return send(message::TrialAwaited{plan_for("/open", kNumber), "0123456789abcdef"});
    if (once_in(9)) {
      send(message::TrialCollecting{plan_for("/open", kNumber)});
      return send(ended());
    }
    send(message::NoOpenRun{"", once_in(2) ? kNumber : "", once_in(5), !once_in(3)});
  }
  void answer_to(const intent::LookForDrives&) {
    message::DrivesFound found;
    found.may_be_more = once_in(6);
    for (std::size_t i = 0; i < below(5); ++i)
      found.drives.push_back({drive_at("/" + std::to_string(below(6))),
                              once_in(3) ? std::optional(Stop::DriveTooSmall) : std::nullopt, false});
    send(found);
  }
  void answer_to(const intent::MakePlans& it) {
    message::Planned planned;
    for (const std::string& path : it.paths) planned.plans.push_back(plan_for(path, it.number));
    shown_ = it.paths;
    send(planned);
  }
  void answer_to(const intent::StartJobs& it) { run(it.plans); }
  void answer_to(const intent::ResumeRun&) { run({plan_for("/open", kNumber)}); }
  void answer_to(const intent::StartInspection& it) {
    are_jobs_running_ = true;
    send(message::InspectionStarted{plan_for(it.path, kNumber), {1 << 20}});
  }
  void answer_to(const intent::CancelJobs&) {
    if (are_jobs_running_) end_jobs();
  }
  void answer_to(const intent::SaveAgain&) { send(ended()); }
  void answer_to(const intent::Leave&) {}

  void run(const std::vector<Plan>& plans) {
    are_jobs_running_ = true;
    send(message::Started{plans, std::vector<std::vector<std::uint64_t>>(plans.size(), {1 << 20, 1 << 20})});
  }
  void end_jobs() {
    are_jobs_running_ = false;
    if (model_->purpose == Purpose::Inspect) return send(message::Inspected{});
    send(ended());
  }
  message::Ended ended() {
    static constexpr ExitCode kExits[] = {ExitCode::Done, ExitCode::Failed, ExitCode::Interrupted, ExitCode::Reserve};
    message::Ended ended{{}, !once_in(4), "run"};
    for (std::size_t i = 0; i <= below(3); ++i) {
      DriveOutcome outcome;
      outcome.plan = plan_for("/" + std::to_string(i), kNumber);
      outcome.exit = kExits[below(std::size(kExits))];
      if (outcome.exit == ExitCode::Interrupted) outcome.error = refusal().error;
      if (outcome.exit == ExitCode::Done && once_in(4)) outcome.trial_word = "0123456789abcdef";
      ended.outcomes.push_back(outcome);
    }
    return ended;
  }

  void send(const Message& message) {
    const Model before = *model_;
    take(update(std::move(*model_), message), &before);
    if (const auto* const key = std::get_if<message::KeyPressed>(&message)) hold_key(before, key->key);
  }
  void take(Update next, const Model* before) {
    model_ = std::make_unique<Model>(std::move(next.model));
    screens_.insert(model_->screen);
    last_ = next.intents;
    for (const Intent& intent : next.intents) {
      if (before != nullptr) hold(intent, *before);
      unanswered_.push_back(intent);
    }
    CHECK(model_->typed.size() <= 64);
    CHECK((model_->drives.empty() || model_->cursor < model_->drives.size()));
  }

  // While something is being carried out keys ask for nothing; Ctrl-C always does, and never for a start.
  void hold_key(const Model& before, Key key) {
    if (key.name != KeyName::Interrupt) {
      if (before.waiting) CHECK(last_.empty());
      return;
    }
    REQUIRE(last_.size() == 1);
    const bool cancels = std::holds_alternative<intent::CancelJobs>(last_[0]);
    CHECK(cancels == (before.screen == ScreenName::Running));
    CHECK((cancels || std::holds_alternative<intent::Leave>(last_[0])));
  }
  void hold(const Intent& intent, const Model& before) {
    if (const auto* const start = std::get_if<intent::StartJobs>(&intent)) return hold_start(*start, before);
    if (const auto* const plans = std::get_if<intent::MakePlans>(&intent)) return hold_choice(*plans);
    if (const auto* const left = std::get_if<intent::Leave>(&intent)) return hold_end(*left, before);
    if (std::holds_alternative<intent::ResumeRun>(intent)) {
      ++resumed_;
      CHECK(before.purpose != Purpose::Inspect);
    }
  }
  // Law 2: nothing that was not planned, shown and confirmed is written.
  void hold_start(const intent::StartJobs& start, const Model& before) {
    ++started_;
    CHECK(before.purpose != Purpose::Inspect);
    CHECK_FALSE(start.plans.empty());
    CHECK(paths_of(start.plans) == shown_);
    CHECK(start.plans == before.plans);
    CHECK(start.typed == confirm_digits(before.number));
    const bool is_by_itself = before.autopilot && before.screen == ScreenName::Plan && before.acts_at;
    CHECK((before.screen == ScreenName::Confirm || is_by_itself));
    for (const Plan& plan : start.plans) CHECK(plan.number == before.number);
  }
  void hold_choice(const intent::MakePlans& plans) {
    CHECK(model_->purpose != Purpose::Inspect);
    CHECK_FALSE(plans.paths.empty());
    for (const std::string& path : plans.paths) {
      const auto is_it = [&](const DriveChoice& each) {
        return each.drive.path == path && each.chosen && !each.refusal;
      };
      CHECK(std::any_of(model_->drives.begin(), model_->drives.end(), is_it));
    }
  }
  // Law 1: what failed, or was not saved, is never left as done.
  void hold_end(const intent::Leave& left, const Model& before) {
    ++left_;
    for (const DriveOutcome& outcome : before.outcomes) CHECK(worst(outcome.exit, left.exit) == left.exit);
    if (!before.saved) CHECK(left.exit != ExitCode::Done);
  }

  void draw() {
    const Size size{static_cast<int>(below(241)), static_cast<int>(below(68))};
    CHECK(view(*model_, size).size() == size);
  }

  SplitMix64 random_;
  std::unique_ptr<Model> model_;
  std::deque<Intent> unanswered_;
  std::deque<char32_t> keys_;
  std::vector<std::string> shown_;
  std::vector<Intent> last_;
  std::set<ScreenName> screens_;
  bool are_jobs_running_ = false;
  std::uint64_t started_ = 0;
  std::uint64_t resumed_ = 0;
  std::uint64_t left_ = 0;
};

TEST_SUITE("monkey") {
  TEST_CASE("a million messages in any order: nothing starts that was not chosen, shown and confirmed") {
    Monkey monkey(1);
    monkey.play(1'000'000);
    MESSAGE(monkey.text());
    CHECK(monkey.has_seen_all());
  }
}

}  // namespace
}  // namespace relance
