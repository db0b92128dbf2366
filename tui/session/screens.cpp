#include "tui/session/screens.h"

#include "tui/present/presenter.h"
#include "tui/session/console.h"
#include "tui/session/trial_collection.h"
#include "tui/session/verification.h"
#include "tui/view/view.h"
#include "wiper/base/version.h"

namespace relance {
namespace {

constexpr nanoseconds kKeyInterval = std::chrono::milliseconds(50);  // Twenty times a second: Escape, and fingers.
constexpr nanoseconds kTickInterval = std::chrono::milliseconds(100);

class Screens {
 public:
  Screens(std::shared_ptr<Session> session, const ScreensWish& wish, std::unique_ptr<Presenter> presenter)
      : session_(std::move(session)), wish_(wish), presenter_(std::move(presenter)) {
    model_.purpose = wish.purpose;
    model_.version = version();
    model_.language = wish.language;
    model_.workshop = session_->profile().workshop;
    model_.number_prefix = session_->profile().number_prefix;
    model_.autopilot = session_->profile().autopilot && wish.purpose == Purpose::Work;
    model_.at_end = session_->profile().at_end;
    model_.now = model_.started_at = session_->executor().now();
  }

  ExitCode go() {
    take(first_screen());
    while (!exit_) {
      look_at_size();
      for (const Key key : presenter_->read_keys()) tell(message::KeyPressed{key});
      if (console::stop_requests() > stops_told_) {
        ++stops_told_;
        tell(message::KeyPressed{{KeyName::Interrupt, 0}});
      }
      tick();
      follow_run();
      if (!exit_) wait_for_next_look();
    }
    return *exit_;
  }

 private:
  Update first_screen() {
    if (wish_.refusal) return refuse_to_start(model_, *wish_.refusal);
    const bool needs_key = session_->bench().has_stick() && !session_->key_is_open();
    const std::string& words = session_->profile().passphrase;
    const bool is_open = !needs_key || (!words.empty() && session_->open_key(words).ok());
    return start_screens(model_, is_open);
  }

  // A simulated clock jumps to where somebody waits, so somebody has to hold it back.
  void wait_for_next_look() {
    if (wish_.speed > 0) console::pause(kKeyInterval / wish_.speed);
    session_->executor().sleep(kKeyInterval);
  }

  void tell(const Message& message) {
    if (!exit_) take(update(std::move(model_), message));
  }

  // Shows what is, then does what is wanted: a slow intent is announced before it begins.
  void take(Update next) {
    model_ = std::move(next.model);
    show();
    for (Intent& intent : next.intents) std::visit([this](auto& wanted) { carry_out(wanted); }, intent);
  }

  void show() {
    presenter_->show(view(model_, model_.size));
    if (shown_ == model_.screen) return;
    shown_ = model_.screen;
    console::log_screen(name_of(model_.screen), session_->executor().now());
  }

  void look_at_size() {
    const Size size = console::size().value_or(Size{});
    if (size != model_.size) tell(message::Resized{size});
  }

  void tick() {
    const Moment now = session_->executor().now();
    if (ticked_ && now - *ticked_ < kTickInterval) return;
    ticked_ = now;
    message::Tick tick{now, console::local_clock_s(session_->executor().pc_clock_s()), {}};
    if (run_) {
      tick.drives = run_->samples();
      tick.stick_is_away = run_->is_stick_away();
      tick.on_battery = run_->is_on_battery();
    } else if (comparison_) {
      tick.drives = {{"1", comparison_->sample(), false, false}};
    }
    tell(std::move(tick));
  }

  void follow_run() {
    follow_collection();
    if (comparison_ && comparison_->has_ended()) {
      const Verification found = std::exchange(comparison_, nullptr)->result();
      tell(message::Inspected{found});
    }
    if (!run_ || is_concluded_) return;
    if (run_->look() || run_->is_patience_over() || stops_told_ > 1) conclude();
  }

  void conclude() {
    is_concluded_ = true;
    std::vector<DriveOutcome> outcomes = run_->conclude();
    tell(message::Ended{std::move(outcomes), run_->is_saved(), run_->name()});
  }

  void refuse(Error error) { tell(message::Refused{std::move(error)}); }

  void carry_out(const intent::OpenKey& wanted) {
    Result<void> opened = session_->open_key(wanted.passphrase);
    if (!opened.ok()) return refuse(std::move(opened).error());
    tell(message::KeyOpened{});
  }

  void carry_out(const intent::LookForOpenRun&) {
    (void)session_->certify_left_behind();  // What the stick refuses now is said as soon as a run needs it.
    const Result<std::vector<DriveFacts>> drives = session_->drives({});
    if (!drives.ok()) return refuse(drives.error());
    std::vector<std::string> paths;
    for (const DriveFacts& drive : drives.value())
      if (session_->refusal(drive) != Stop::OwnStick) paths.push_back(drive.path);
    const bool have_settled = !paths.empty() && paths == paths_;
    paths_ = std::move(paths);
    // With the same drives there was none a moment ago.
    if (have_settled) return model_.autopilot ? say_numbers(drives.value()) : tell(message::NoOpenRun{});

    if (is_about_trial(drives.value())) return;
    const Result<std::vector<PastJob>> jobs = session_->resumable_among(drives.value());
    if (!jobs.ok())  // Or a journal that `relance journal` will name: a new job may start.
      return tell(message::NoOpenRun{.have_drives_settled = false});
    const PastJob& job = jobs.value().front();
    tell(message::OpenRunFound{job.run, job.plan(), percent_done(job.state())});
  }

  // A system that was deployed here: what it tried is collected, or it is asked for.
  bool is_about_trial(const std::vector<DriveFacts>& drives) {
    const Result<std::vector<AwaitedTrial>> awaited = session_->awaited_trials(drives);
    if (!awaited.ok() || awaited.value().empty()) return false;
    collection_ = TrialCollection::start(session_, awaited.value().front());
    tell(message::TrialCollecting{collection_->trial().job.plan()});
    return true;
  }

  void follow_collection() {
    if (!collection_ || !collection_->has_ended()) return;
    const std::unique_ptr<TrialCollection> ended = std::move(collection_);
    const PastJob& job = ended->trial().job;
    Result<DriveOutcome> collected = ended->result();
    if (collected.ok())
      tell(message::Ended{{std::move(collected).value()}, true, job.run});
    else if (collected.error().stop == Stop::TrialAwaited)
      tell(message::TrialAwaited{job.plan(), trial_word(job.state().started->seed)});
    else
      refuse(std::move(collected).error());
  }

  void say_numbers(const std::vector<DriveFacts>& drives) {
    Result<NumbersHere> numbers = session_->numbers_for(drives);
    if (!numbers.ok()) return refuse(std::move(numbers).error());
    const bool has_list = !session_->profile().numbers.empty();
    tell(message::NoOpenRun{numbers.value().done_before, numbers.value().next,
                            has_list && numbers.value().next.empty()});
  }

  void carry_out(const intent::LookForDrives&) {
    const bool may_be_more =
        session_->machine().may_find_more_drives();  // Before the look: what comes in between is seen.
    const Result<std::vector<DriveFacts>> drives = session_->drives({});
    if (!drives.ok()) return refuse(drives.error());
    std::vector<DriveChoice> choices;
    for (const DriveFacts& drive : drives.value()) {
      const std::optional<Stop> refusal = session_->refusal(drive);
      if (refusal != Stop::OwnStick) choices.push_back({drive, refusal, false});
    }
    tell(message::DrivesFound{std::move(choices), may_be_more});
  }

  void carry_out(const intent::MakePlans& wanted) {
    Order order;
    order.drives = wanted.paths;
    order.number = wanted.number;
    order.wants_image = true;
    Result<std::vector<Planned>> plans = session_->plan(order);
    if (!plans.ok()) return refuse(std::move(plans).error());
    planned_ = std::move(plans).value();
    message::Planned shown;
    for (const Planned& planned : planned_) shown.plans.push_back(planned.plan);
    tell(std::move(shown));
  }

  // The last digits of the label stand for the drives' own words: the person has just read the plan of these drives.
  void carry_out(const intent::StartJobs& wanted) {
    std::vector<std::string> words;
    for (const Planned& planned : planned_) {
      if (!is_confirmed_by(wanted.typed, planned.plan.number))
        return refuse({Errc::Refused, Stop::WrongConfirmation, "not the last digits of the label"});
      words.push_back(planned.plan.drive.confirm_word);
    }
    begin(session_->start(std::move(planned_), words));
  }

  void carry_out(const intent::StartInspection& wanted) {
    // What the stick's last job left there, if it knows one; else zeros.
    Result<std::unique_ptr<Comparison>> started = Comparison::start(*session_, {wanted.path, "journal"});
    if (!started.ok()) started = Comparison::start(*session_, {wanted.path, "zero"});
    if (!started.ok()) return refuse(std::move(started).error());
    comparison_ = std::move(started).value();
    tell(message::InspectionStarted{comparison_->plan(), comparison_->step_bytes()});
  }

  // That run and no other: a person may have said no to an older one.
  void carry_out(const intent::ResumeRun& wanted) {
    Result<std::vector<PastJob>> jobs = session_->resumable("");
    if (jobs.ok() && jobs.value().front().run != wanted.run)
      jobs = Error{Errc::Refused, Stop::NothingToResume,
                   "run " + wanted.run + " cannot go on with the drives that are here"};
    if (!jobs.ok()) return refuse(std::move(jobs).error());
    begin(session_->resume(std::move(jobs).value(), ""));
  }

  void begin(Result<std::unique_ptr<Run>> run) {
    if (!run.ok()) return refuse(std::move(run).error());
    run_ = std::move(run).value();
    is_concluded_ = false;
    tell(message::Started{run_->plans(), run_->step_bytes()});
  }

  void carry_out(const intent::CancelJobs&) {
    if (run_) run_->cancel();
    if (comparison_) comparison_->cancel();
  }
  void carry_out(const intent::SaveAgain&) { conclude(); }
  void carry_out(const intent::Leave& wanted) {
    if (!wanted.trial_word.empty()) console::ask_for_trial(wanted.trial_word);
    exit_ = wanted.exit;
  }

  const std::shared_ptr<Session> session_;  // Also a trial collection's.
  const ScreensWish& wish_;
  std::unique_ptr<Presenter> presenter_;
  Model model_;
  std::vector<Planned> planned_;
  std::unique_ptr<Run> run_;
  std::unique_ptr<Comparison> comparison_;
  std::unique_ptr<TrialCollection> collection_;
  bool is_concluded_ = false;
  unsigned stops_told_ = 0;
  std::optional<ScreenName> shown_;
  std::vector<std::string> paths_;  // Of the drives at the last look for an open run.
  std::optional<Moment> ticked_;
  std::optional<ExitCode> exit_;
};

}  // namespace

Result<ExitCode> run_screens(std::shared_ptr<Session> session, const ScreensWish& wish) {
  std::unique_ptr<Presenter> presenter = TRY(Presenter::open());
  return Screens(std::move(session), wish, std::move(presenter)).go();
}

}  // namespace relance
