// The trial start of a deployed system, seen from the stick: which one is awaited, what it left on its disk, and the
// certificate that then takes the place of the first.

#include <algorithm>

#include "imager/deploy/trial_files.h"
#include "tui/session/certify.h"
#include "tui/session/session.h"

namespace relance {
namespace {

constexpr int kMostTries = 9;  // Each leaves its lines in the journal; more of them is a disk that does not obey.

// Started, or looked at, and not yet said on a certificate.
bool is_open_trial(const PastJob& job) {
  const bool is_collected = job.state().trial && job.state().certificate;
  return job.plan().wants_trial() && job.evidence.image_finished() && !is_collected;
}

std::string tag_of_try(const std::string& drive, int number) {
  return drive + std::string(kTrialEndTag) + (number == 1 ? "" : "-" + std::to_string(number));
}

JobState state_of(const JournalText& text, const std::string& tag) {
  JobState state;
  for (const JournalLine& line : text.lines)
    if (line.drive == tag) state = apply(std::move(state), line.event, line.time_s);
  return state;
}

// The service, its marks and its result leave the disk: a job like any other, under a tag of its own in the same journal.
Result<void> end_trial(const RunSetup& setup, const PastJob& job, const DriveFacts& now, const std::string& word) {
  const JournalText text = TRY(Journal::read(*setup.bench.stick, job.run));
  for (int number = 1; number <= kMostTries; ++number) {
    const std::string tag = tag_of_try(job.drive, number);
    const JobState before = state_of(text, tag);
    if (before.ended && before.ended->end == RunEnd::Finished) return {};
    if (before.started && !can_resume(before)) continue;
    Plan plan = before.started ? before.started->plan : make_trial_end_plan(job.plan());
    const std::string word_of_drive = plan.drive.confirm_word;
    Confirmation confirmation = TRY(confirm(std::move(plan), now, word_of_drive));
    const JobSetup end{.machine = setup.bench.machine,
                       .contents = std::make_shared<TrialEndContents>(setup.bench.tools, word),
                       .journal = setup.journal,
                       .drive = tag};
    const RunEnded ended = run_job(end, std::move(confirmation), before, std::make_shared<RunningJob>());
    if (ended.end == RunEnd::Finished) return {};
    return Error{Errc::Io, static_cast<Stop>(ended.stop), "the trial could not be taken off the disk: " + ended.detail};
  }
  return Error{Errc::Io, Stop::TrialFailed, "the trial does not leave the disk"};
}

}  // namespace

Result<std::vector<AwaitedTrial>> Session::awaited_trials(const std::vector<DriveFacts>& drives) {
  const History history = TRY(read_history(*bench_.stick));
  std::vector<AwaitedTrial> awaited;
  for (const DriveFacts& drive : drives) {
    const PastJob* job = last_job_of(history, drive);
    if (job != nullptr && is_open_trial(*job)) awaited.push_back({*job, drive});
  }
  return awaited;
}

Result<DriveOutcome> Session::collect_trial(const AwaitedTrial& awaited) {
  const PastJob& job = awaited.job;
  if (!key_) return Error{Errc::Refused, Stop::KeyPassphrase, "the stick's key is not open: nobody could sign"};
  TRY(bench_.stick->try_out());
  const JournalText so_far = TRY(Journal::read(*bench_.stick, job.run));
  const RunSetup setup = run_setup(open_journal(job.run, so_far));
  TRY(enter_boot_once(setup));
  const std::string word = trial_word(job.state().started->seed);
  const std::shared_ptr<Recorder> recorder = setup.journal->recorder(job.drive);
  if (!job.state().trial) {
    const std::unique_ptr<BlockReader> reader = TRY(machine().open_reader(awaited.drive));
    const FoundTrial found = TRY(find_trial(*reader, word));
    if (!found.result)
      return Error{Errc::Refused, Stop::TrialAwaited, "the system on " + awaited.drive.path + " has no result yet"};
    TrialCollected collected{.pc_clock_s = executor().pc_clock_s()};
    collected.checks = TRY(parse_trial_result(as_text(*found.result), word));
    TRY(recorder->announce(collected));
  }
  TRY(end_trial(setup, job, awaited.drive, word));

  TRY(setup.journal->settle());
  const JournalText text = TRY(Journal::read(*bench_.stick, job.run));
  const Evidence evidence = TRY(evidence_of(text, job.drive));
  DriveOutcome outcome{.drive = job.drive, .plan = job.plan()};
  outcome.verdict = final_verdict(evidence);
  outcome.exit = exit_of(evidence, *outcome.verdict);
  outcome.bad_ranges = evidence.bad_ranges();
  outcome.interruptions = evidence.state().interruptions.size();
  outcome.trial = evidence.state().trial->checks;
  const PublishedCertificate published = TRY(certify(setup, evidence, job.drive));
  outcome.certificate = published.file;
  TRY(recorder->announce(CertificateWritten{published.file, published.sha256}));
  return outcome;
}

}  // namespace relance
