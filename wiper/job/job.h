#pragma once
// Runs a confirmed plan on one drive: step by step, announced before, reported after, every step a Sweep. A resumed run
// is the same call with the state that the journal holds.

#include <functional>
#include <memory>

#include "wiper/content/contents.h"
#include "wiper/job/machine.h"
#include "wiper/journal/evidence.h"
#include "wiper/journal/journal.h"

namespace relance {

struct JobSetup {
  std::shared_ptr<Machine> machine;
  std::shared_ptr<Contents> contents;  // Of images and overlays; may be null for a plan without.
  std::shared_ptr<Journal> journal;
  std::string drive = "1";  // Tag in the journal.
  // The DEBUT in the stick's ledger, once the run is announced and before anything is done to the drive; again when it goes
  // on after an interruption. An error, and nothing is done.
  std::function<Result<void>(const RunStarted&)> enter_begin = {};
  // What the deployed system is told of its erase, from the journal as the stick holds it; none: nothing.
  std::function<Result<SignedText>(const Evidence&)> state_erase = {};
  Cipher cipher = Cipher::Aes256Ctr;  // Of a new run; a resumed one keeps its own.
  unsigned workers = 2;
  std::uint64_t chunk_bytes = std::uint64_t{1} << 20;
  nanoseconds checkpoint_interval = std::chrono::seconds(30);
  SweepLimits limits = {};
};

// What screens and the supervisor see of a running job. Shared: outlives the thread that may hang.
class RunningJob {
 public:
  std::shared_ptr<SweepProgress> progress = std::make_shared<SweepProgress>();
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  std::atomic<std::uint64_t> step{0};
  std::atomic<bool> is_battery_low{false};  // Why it was cancelled, if so. Written by the supervisor, once.

  // Set once: by the job when it ends, or by the supervisor when it stalls; whoever comes first.
  bool end_with(const RunEnded& ended, Recorder& recorder);
  std::optional<RunEnded> ended() const;

 private:
  mutable std::mutex mutex_;
  std::optional<RunEnded> ended_;  // Under the mutex.
};

// Blocks until the job has ended. `already` is what the journal of this run holds (empty for a new one). The drive is held
// first, which changes nothing; then the run is announced; then it is written to. A run that could not begin (drive refused,
// stick gone) ends as Failed with nothing in the journal and nothing written.
RunEnded run_job(const JobSetup& setup, Confirmation confirmation, const JobState& already,
                 const std::shared_ptr<RunningJob>& job);

// On a thread of the machine's executor. The job owns all it touches.
std::unique_ptr<Task> start_job(JobSetup setup, Confirmation confirmation, JobState already,
                                std::shared_ptr<RunningJob> job);

}  // namespace relance
