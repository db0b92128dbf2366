#include "tui/session/history.h"

#include <algorithm>

namespace relance {
namespace {

std::vector<std::string> drives_of(const JournalText& text) {
  std::vector<std::string> drives;
  for (const JournalLine& line : text.lines)
    if (line.drive.find(kTrialEndTag) == std::string::npos &&
        std::find(drives.begin(), drives.end(), line.drive) == drives.end())
      drives.push_back(line.drive);
  std::sort(drives.begin(), drives.end());
  return drives;
}

Result<void> add_run(Store& stick, const std::string& run, History& history) {
  const JournalText text = TRY(Journal::read(stick, run));
  for (const std::string& drive : drives_of(text)) {
    Evidence evidence = TRY(evidence_of(text, drive));
    history.jobs.push_back({run, drive, std::move(evidence)});
  }
  return {};
}

}  // namespace

Result<History> read_history(Store& stick) {
  std::vector<std::string> runs = TRY(Journal::runs(stick));
  std::reverse(runs.begin(), runs.end());
  History history;
  for (const std::string& run : runs) {
    Result<void> added = add_run(stick, run, history);
    if (!added.ok()) history.damaged.push_back({run, std::move(added).error()});
  }
  return history;
}

const PastJob* last_job_of(const History& history, const DriveFacts& drive) {
  for (const PastJob& job : history.jobs)
    if (is_same_drive(job.plan().drive, drive)) return &job;
  return nullptr;
}

std::vector<const PastJob*> open_jobs(const History& history) {
  std::vector<const PastJob*> open;
  for (const PastJob& job : history.jobs)
    if (can_resume(job.state()) && last_job_of(history, job.plan().drive) == &job) open.push_back(&job);
  return open;
}

std::string run_that_erased(const History& history, const DriveFacts& drive, const Policy& policy) {
  for (const PastJob& job : history.jobs) {
    if (!is_same_drive(job.plan().drive, drive)) continue;
    if (!job.plan().erased_in_run.empty()) return job.plan().erased_in_run;
    const bool is_good = allows_deployment(erase_verdict(job.evidence), policy.reserves_allowed);
    return is_good ? job.run : "";
  }
  return "";
}

bool may_hold_image(const History& history, const DriveFacts& drive) {
  const PastJob* const job = last_job_of(history, drive);
  if (job == nullptr) return false;
  const std::vector<Step>& steps = job->plan().steps;
  bool has_begun = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const StepState& done = job->state().steps[i];
    if (done.report && done.report->end == SweepEnd::FlushFailed) return false;
    has_begun = has_begun || (steps[i].content == kImageContent && done.content);
  }
  return has_begun;
}

unsigned percent_done(const JobState& state) {
  if (state.steps.empty()) return 0;
  return static_cast<unsigned>(state.current_step() * 100 / state.steps.size());
}

}  // namespace relance
