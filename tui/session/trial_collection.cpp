#include "tui/session/trial_collection.h"

namespace relance {

struct TrialCollection::Shared {
  AwaitedTrial trial;
  std::optional<Result<DriveOutcome>> result;  // Written by the thread, read once has_ended.
  std::atomic<bool> has_ended{false};
};

std::unique_ptr<TrialCollection> TrialCollection::start(std::shared_ptr<Session> session, AwaitedTrial trial) {
  auto shared = std::make_shared<Shared>(std::move(trial));
  Executor& executor = session->executor();
  (void)executor.start("trial", [shared, session = std::move(session)] {  // Its end is in `shared`.
    shared->result = session->collect_trial(shared->trial);
    shared->has_ended = true;
    session->executor().notify();
  });
  return std::unique_ptr<TrialCollection>(new TrialCollection(std::move(shared)));
}

const AwaitedTrial& TrialCollection::trial() const { return shared_->trial; }
bool TrialCollection::has_ended() const { return shared_->has_ended; }
Result<DriveOutcome> TrialCollection::result() const {
  require(shared_->has_ended, "a trial is still being collected");
  return *shared_->result;
}

}  // namespace relance
