#pragma once
// apply(JobState, Event) → JobState: the one reading of a drive's events that screens, headless lines, resume and
// evidence start from. Pure.

#include "wiper/journal/event.h"

namespace relance {

struct Interruption {
  std::int64_t noticed_s = 0;  // PC clock when the run went on.
  std::uint64_t step = 0;      // In which step of the plan.
  static constexpr auto fields() {
    return std::tuple{field("noticed_s", &Interruption::noticed_s), field("step", &Interruption::step)};
  }
  bool operator==(const Interruption&) const = default;
};

struct StepState {
  std::optional<ContentIdentity> content;  // Set once started.
  ChunkSet done;                           // Checkpointed chunks of a write.
  ExtentSet failed;
  std::uint64_t kept_blocks = 0;         // Of `done`: were right already.
  std::optional<SweepReport> report;     // Of a write that ended in some way.
  std::optional<ReadBack> read_back;     // Of a comparison that ended in some way, in the boot in which it began.
  std::optional<Uncovering> uncovering;  // Of an Uncover step: the last outcome.
  unsigned uncoverings = 0;              // How often it was tried.
  std::optional<EraseIntent> intent;     // Of an EraseByDrive step: the last one.
  unsigned starts = 0;                   // How often the drive was told.
  std::optional<EraseProof> proof;
  bool is_complete() const {
    if (proof) return proof->report().outcome != EraseOutcome::StillLocked;
    const bool is_uncovered = uncovering && *uncovering != Uncovering::PowerCycleRequired;
    return is_uncovered || (report && report->end == SweepEnd::Complete) ||
           (read_back && read_back->end() == SweepEnd::Complete);
  }
  bool operator==(const StepState&) const = default;
};

struct JobState {
  std::optional<RunStarted> started;
  std::vector<StepState> steps;  // One for each of the plan's.
  std::vector<Interruption> interruptions;
  std::vector<OverlaySaved> overlays;
  std::optional<RunEnded> ended;
  std::optional<CertificateWritten> certificate;
  std::optional<TrialCollected> trial;
  std::optional<CertificateWritten> before_trial;  // The certificate that the trial's replaces.
  std::int64_t started_s = 0;
  std::int64_t last_s = 0;

  // Before that step the drive has said yes to an erase of its own: it is not told a second one.
  bool has_erased_itself(std::uint64_t before) const;
  // The first step that is not finished; steps.size() when all are.
  std::uint64_t current_step() const;
  bool is_open() const { return started && !ended; }
  bool operator==(const JobState&) const = default;
};

// Not ended at all (power cut, kill), stopped by a person, or ended by something that a person can mend: drive or stick
// put back. A run that failed for good is not taken up again.
bool can_resume(const JobState& state);

JobState apply(JobState state, const Event& event, std::int64_t time_s);

}  // namespace relance
