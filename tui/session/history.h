#pragma once
// What the stick's journals say about drives: which runs can go on, which erase a later deployment may rest on.

#include "wiper/journal/evidence.h"

namespace relance {

// Behind a drive's tag: the lines of what takes its trial off the disk. No job of their own for whoever looks back.
inline constexpr std::string_view kTrialEndTag = "-trial";

struct PastJob {  // One drive of one run.
  std::string run;
  std::string drive;  // Its tag in the run.
  Evidence evidence;

  const JobState& state() const { return evidence.state(); }
  const Plan& plan() const { return evidence.plan(); }
};

struct DamagedRun {
  std::string run;
  Error error;
};

struct History {
  std::vector<PastJob> jobs;  // The newest run first; a run's drives in the order of their tags.
  std::vector<DamagedRun> damaged;
};

Result<History> read_history(Store& stick);

// The last job of each drive that can go on: not ended, or ended for a reason that can go away.
std::vector<const PastJob*> open_jobs(const History& history);

// The last job of that drive; nothing: the stick does not know it.
const PastJob* last_job_of(const History& history, const DriveFacts& drive);

// The run whose erase of this drive a deployment may rest on; empty: none. Nothing may have been deployed without an erase since.
std::string run_that_erased(const History& history, const DriveFacts& drive, const Policy& policy);

// The last job of that drive has begun to write an image to it, and no flush failed for good: what the drive still reads from
// its cache then may never come to its platter.
bool may_hold_image(const History& history, const DriveFacts& drive);

// How far a job was, in steps.
unsigned percent_done(const JobState& state);

}  // namespace relance
