#pragma once
// A trial's result, collected on its own thread: a drive that takes minutes to answer does not hold the screens.

#include "tui/session/session.h"

namespace relance {

class TrialCollection {
 public:
  // Nobody else uses the session until this has ended.
  static std::unique_ptr<TrialCollection> start(std::shared_ptr<Session> session, AwaitedTrial trial);

  const AwaitedTrial& trial() const;
  bool has_ended() const;
  Result<DriveOutcome> result() const;  // Session::collect_trial's; asked once it has ended.

 private:
  struct Shared;
  explicit TrialCollection(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;  // Also the thread's.
};

}  // namespace relance
