#include "wiper/journal/job_state.h"

#include <algorithm>
#include <utility>

namespace relance {
namespace {

class Applying {
 public:
  Applying(JobState& state, std::int64_t time_s) : state_(state), time_s_(time_s) {}

  void operator()(const RunStarted& event) {
    state_ = JobState{};
    state_.started = event;
    state_.steps.resize(event.plan.steps.size());
    state_.started_s = time_s_;
  }
  void operator()(const RunResumed&) {
    state_.interruptions.push_back({time_s_, state_.current_step()});
    state_.ended.reset();
    // A comparison begins and ends within one boot.
    for (StepState& step : state_.steps)
      if (step.read_back && !step.is_complete()) step.read_back.reset();
  }
  void operator()(const StepStarted& event) {
    if (StepState* step = find(event.step)) step->content = event.content;
  }
  void operator()(const OverlaySaved& event) { state_.overlays.push_back(event); }
  void operator()(const Checkpoint& event) {
    StepState* step = find(event.step);
    if (step == nullptr) return;
    step->done = event.done;
    step->failed = event.failed;
    step->kept_blocks = event.kept_blocks.value_or(0);
  }
  void operator()(const WriteFinished& event) {
    StepState* step = find(event.step);
    if (step == nullptr) return;
    step->report = event.report;
    step->done = event.report.written;
    step->failed = event.report.failed;
    step->kept_blocks = event.report.kept_blocks.value_or(0);
  }
  void operator()(const CompareFinished& event) {
    if (StepState* step = find(event.step)) step->read_back = event.read_back.read_back();
  }
  void operator()(const DriveUncovered& event) {
    StepState* step = find(event.step);
    if (step == nullptr) return;
    step->uncovering = event.outcome;
    ++step->uncoverings;
    state_.started->plan.drive.geometry = event.geometry;
    state_.started->plan.drive.hidden_areas = event.hidden_areas;
  }
  void operator()(const DriveEraseAsked& event) {
    StepState* step = find(event.step);
    if (step == nullptr) return;
    step->intent = event.intent;
    ++step->starts;
  }
  void operator()(const DriveEraseEnded& event) {
    if (StepState* step = find(event.step)) step->proof = event.proof.proof();
  }
  void operator()(const RunEnded& event) { state_.ended = event; }
  void operator()(const CertificateWritten& event) { state_.certificate = event; }
  void operator()(const TrialCollected& event) {
    state_.trial = event;
    if (state_.certificate) state_.before_trial = std::exchange(state_.certificate, std::nullopt);
  }

 private:
  StepState* find(std::uint64_t index) {
    return index < state_.steps.size() ? &state_.steps[static_cast<std::size_t>(index)] : nullptr;
  }

  JobState& state_;
  std::int64_t time_s_;
};

}  // namespace

bool JobState::has_erased_itself(std::uint64_t before) const {
  return std::any_of(steps.begin(), steps.begin() + static_cast<std::ptrdiff_t>(before),
                     [](const StepState& step) { return step.proof && says_success(step.proof->report().outcome); });
}

std::uint64_t JobState::current_step() const {
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const bool is_judgement = started->plan.steps[i].kind == StepKind::Require;
    // A judgement leaves no event of its own: it was passed if a later step has begun.
    const bool is_passed = std::any_of(steps.begin() + static_cast<std::ptrdiff_t>(i) + 1, steps.end(),
                                       [](const StepState& later) { return later.content.has_value(); });
    const bool is_needless = started->plan.steps[i].kind == StepKind::EraseByDrive && has_erased_itself(i);
    if (is_needless) continue;
    if (is_judgement ? !is_passed : !steps[i].is_complete()) return i;
  }
  return steps.size();
}

bool can_resume(const JobState& state) {
  if (!state.started) return false;
  if (!state.ended || state.ended->end == RunEnd::Cancelled || state.ended->end == RunEnd::Stalled) return true;
  if (state.ended->end == RunEnd::Finished) return false;
  switch (static_cast<Stop>(state.ended->stop)) {
    case Stop::DriveGone:
    case Stop::PowerCycleNeeded:
    case Stop::MainsNeeded:
    case Stop::BatteryLow:
    case Stop::DriveLocked:
    case Stop::StickMissing:
    case Stop::StickFull:
    case Stop::StickReadOnly:
    case Stop::StickGone:
      return true;
    default:
      return false;
  }
}

JobState apply(JobState state, const Event& event, std::int64_t time_s) {
  std::visit(Applying(state, time_s), event);
  // What is said about a run when it is over does not make it longer.
  const bool is_afterwards =
      std::holds_alternative<CertificateWritten>(event) || std::holds_alternative<TrialCollected>(event);
  if (!is_afterwards) state.last_s = time_s;
  return state;
}

}  // namespace relance
