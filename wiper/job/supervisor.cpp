#include "wiper/job/supervisor.h"

#include <algorithm>

namespace relance {
namespace {

constexpr nanoseconds kLookInterval = std::chrono::seconds(1);

}  // namespace

void Supervisor::watch(std::shared_ptr<RunningJob> job, std::shared_ptr<Recorder> recorder) {
  watched_.push_back({std::move(job), std::move(recorder), 0, executor_.now()});
}

bool Supervisor::look() {
  const Moment now = executor_.now();
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
