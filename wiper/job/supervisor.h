#pragma once
// Touches no device: looks at each job's pulse (calls that returned) and declares a job Stalled when none has returned for
// too long. Nobody joins a stalled job; the others go on.

#include "wiper/job/job.h"

namespace relance {

// Longer than any retry of a drive that is only slow: libata gives a command up to 30 s and tries it five times.
inline constexpr nanoseconds kStallLimit = std::chrono::seconds(300);

class Supervisor {
 public:
  explicit Supervisor(Executor& executor, nanoseconds limit = kStallLimit) : executor_(executor), limit_(limit) {}
  void watch(std::shared_ptr<RunningJob> job, std::shared_ptr<Recorder> recorder);
  // On a battery the jobs make their checkpoints oftener; when it is nearly empty they stop, to be resumed.
  void watch_power(std::function<PowerFacts()> power) { power_ = std::move(power); }
  bool is_on_battery() const { return is_on_battery_; }  // At the last look.
  // One look at all jobs; call it at least every few seconds. True: all have ended or are stalled.
  bool look();
  // Looks until that is so.
  void wait_for_all();

 private:
  struct Watched {
    std::shared_ptr<RunningJob> job;
    std::shared_ptr<Recorder> recorder;
    std::uint64_t pulse = 0;
    Moment since{};
  };
  void look_at_power(Moment now);

  Executor& executor_;
  nanoseconds limit_;
  std::function<PowerFacts()> power_;
  std::optional<Moment> looked_at_power_;
  bool is_on_battery_ = false;
  std::vector<Watched> watched_;
};

}  // namespace relance
