#include "wiper/job/supervisor.h"

#include <algorithm>

namespace relance {
namespace {

constexpr nanoseconds kLookInterval = std::chrono::seconds(1);
constexpr nanoseconds kPowerInterval = std::chrono::seconds(5);  // A plug that is pulled costs half a checkpoint.

}  // namespace

void Supervisor::watch(std::shared_ptr<RunningJob> job, std::shared_ptr<Recorder> recorder) {
  watched_.push_back({std::move(job), std::move(recorder), 0, executor_.now()});
}

void Supervisor::look_at_power(Moment now) {
  if (!power_ || (looked_at_power_ && now - *looked_at_power_ < kPowerInterval)) return;
  looked_at_power_ = now;
  const PowerFacts power = power_();
  is_on_battery_ = power.has_battery && !power.is_on_mains;
  for (const Watched& each : watched_) {
    each.job->progress->is_hurried = is_on_battery_;
    if (!is_nearly_empty(power) || each.job->ended()) continue;
    each.job->is_battery_low = true;
    each.job->gate->cancel(executor_);
  }
}

bool Supervisor::look() {
  const Moment now = executor_.now();
  look_at_power(now);
  for (Watched& each : watched_) {
    const std::uint64_t pulse = each.job->progress->operations;
    if (pulse != each.pulse || each.job->gate->is_closed()) {  // Held by a person or by heat is not stalled.
      each.pulse = pulse;
      each.since = now;
    }
    if (each.job->ended() || now - each.since <= limit_) continue;
    const RunEnded stalled{RunEnd::Stalled, static_cast<std::uint64_t>(Stop::DriveStalled),
                           "no command has returned for " +
                               std::to_string(std::chrono::duration_cast<std::chrono::seconds>(limit_).count()) + " s",
                           executor_.pc_clock_s()};
    each.job->end_with(stalled, *each.recorder);
    each.job->gate->cancel(executor_);  // Should it wake up, it stops: its end has been told.
  }
  return std::all_of(watched_.begin(), watched_.end(),
                     [](const Watched& each) { return each.job->ended().has_value(); });
}

void Supervisor::wait_for_all() {
  while (!look()) {
    const auto all_ended = [this] {
      return std::all_of(watched_.begin(), watched_.end(),
                         [](const Watched& each) { return each.job->ended().has_value(); });
    };
    (void)executor_.wait(all_ended, executor_.now() + kLookInterval);  // Looks again either way.
  }
}

}  // namespace relance
