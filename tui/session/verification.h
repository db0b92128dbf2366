#pragma once
// Reading a drive without writing: does it hold what it should, and where not.

#include "tui/session/session.h"

namespace relance {

struct VerifyWish {
  std::string drive;
  std::string content = "zero";  // "zero", "one" or "journal": what the last run on this stick left there.
};

// A comparison that runs on its own thread. One drive, opened for reading only; it may be in use.
class Comparison {
 public:
  // Refused: the drive, or no run of it on the stick.
  static Result<std::unique_ptr<Comparison>> start(Session& session, const VerifyWish& wish);

  bool has_ended() const;
  JobSample sample() const;
  std::vector<std::uint64_t> step_bytes() const;
  Plan plan() const;  // Of one step that compares: for the progress line.
  void cancel();
  Verification result() const;  // Not complete while it has not ended.

 private:
  struct Shared;
  explicit Comparison(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {}
  std::shared_ptr<Shared> shared_;  // Also the thread's.
};

}  // namespace relance
