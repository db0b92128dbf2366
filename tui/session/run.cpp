#include "tui/session/run.h"

#include <algorithm>

#include "tui/session/certify.h"
#include "tui/session/ledger_lines.h"

namespace relance {
namespace {

// After a person asked to stop: a chunk is 4 MiB at most, and a drive that needs longer for one hangs.
constexpr nanoseconds kCancelPatience = std::chrono::seconds(15);

bool is_of_stick(Stop stop) {
  return stop == Stop::StickMissing || stop == Stop::StickFull || stop == Stop::StickReadOnly ||
         stop == Stop::StickGone;
}

Error error_of(const RunEnded& ended) {
  return {ended.end == RunEnd::Cancelled ? Errc::Cancelled : Errc::Io, static_cast<Stop>(ended.stop), ended.detail};
}

}  // namespace

struct Run::Job {
  std::string drive;
  Plan plan;
  std::vector<std::uint64_t> step_bytes;
  std::shared_ptr<RunningJob> running = std::make_shared<RunningJob>();
  std::shared_ptr<Recorder> recorder;
  std::unique_ptr<Task> task;
  std::optional<DriveOutcome> outcome;  // Once it is on the stick.
};

ExitCode exit_of(const Evidence& evidence, const Verdict& verdict) {
  const auto& ended = evidence.state().ended;
  if (!ended || ended->end == RunEnd::Cancelled) return ExitCode::Interrupted;
  if (ended->end == RunEnd::Failed)
    return is_of_stick(static_cast<Stop>(ended->stop)) ? ExitCode::Interrupted : ExitCode::Failed;
  if (ended->end != RunEnd::Finished) return ExitCode::Failed;
  if (verdict.kind == VerdictKind::Failed) return ExitCode::Failed;
  if (verdict.kind == VerdictKind::Interrupted) return ExitCode::Interrupted;
  // Without an erase of its own a run is judged by what was asked, the image; the certificate says the rest.
  const bool deploys_only = evidence.plan().method == "none";
  if (deploys_only) return evidence.image_read_back() ? ExitCode::Done : ExitCode::Reserve;
  return verdict.kind == VerdictKind::Erased ? ExitCode::Done : ExitCode::Reserve;
}

Run::Run(RunSetup setup) : setup_(std::move(setup)), supervisor_(setup_.bench.machine->executor()) {
  supervisor_.watch_power([machine = setup_.bench.machine] { return machine->power(); });
}
Run::~Run() = default;  // Tasks that still run go on by themselves; they own what they touch.

void Run::add(JobStart start, std::size_t drives_at_once) {
  auto job = std::make_unique<Job>();
  job->drive = start.drive;
  job->plan = start.confirmation.plan();
  job->step_bytes = std::move(start.step_bytes);
  job->recorder = setup_.journal->recorder(start.drive);

  Machine& machine = *setup_.bench.machine;
  const Effort effort = choose_effort(job->plan, drives_at_once, machine.facts().memory_bytes);
  JobSetup setup{.machine = setup_.bench.machine,
                 .contents = std::move(start.contents),
                 .journal = setup_.journal,
                 .drive = start.drive,
                 .enter_begin = {},
                 .state_erase = [setup = setup_](const Evidence& evidence) { return state_erase(setup, evidence); },
                 .cipher = faster_cipher(machine.executor()),
                 .workers = effort.workers,
                 .chunk_bytes = effort.chunk_bytes};
  if (setup_.ledger)
    setup.enter_begin = [setup = setup_, drive = start.drive](const RunStarted& started) {
      return relance::enter_begin(setup, started, drive);
    };
  supervisor_.watch(job->running, job->recorder);
  job->task = start_job(std::move(setup), std::move(start.confirmation), std::move(start.already), job->running);
  jobs_.push_back(std::move(job));
}

bool Run::look() { return supervisor_.look(); }

bool Run::has_ended() const {
  return std::all_of(jobs_.begin(), jobs_.end(), [](const auto& job) { return job->running->ended().has_value(); });
}

std::vector<DriveSample> Run::samples() const {
  std::vector<DriveSample> samples;
  for (const auto& job : jobs_) {
    const SweepProgress& progress = *job->running->progress;
    const std::optional<RunEnded> ended = job->running->ended();
    samples.push_back({job->drive,
                       {job->running->step, progress.bytes_done, progress.bytes_total, progress.bad_blocks},
                       ended.has_value(),
                       ended && ended->end == RunEnd::Stalled});
  }
  return samples;
}

std::vector<Plan> Run::plans() const {
  std::vector<Plan> plans;
  plans.reserve(jobs_.size());
  for (const auto& job : jobs_) plans.push_back(job->plan);
  return plans;
}

std::vector<std::vector<std::uint64_t>> Run::step_bytes() const {
  std::vector<std::vector<std::uint64_t>> bytes;
  bytes.reserve(jobs_.size());
  for (const auto& job : jobs_) bytes.push_back(job->step_bytes);
  return bytes;
}

void Run::cancel() {
  Executor& executor = setup_.bench.machine->executor();
  if (!cancelled_) cancelled_ = executor.now();
  for (const auto& job : jobs_) job->running->gate->cancel(executor);
}

bool Run::is_patience_over() const {
  return cancelled_ && setup_.bench.machine->executor().now() - *cancelled_ > kCancelPatience;
}

bool Run::has_hanging_thread() const {
  for (const auto& job : jobs_)
    if (!job->task->finished()) return true;
  return false;
}

bool Run::is_saved() const { return saved_; }
bool Run::is_stick_away() const { return setup_.journal->is_refused(); }
const std::string& Run::name() const { return setup_.journal->run(); }

std::vector<DriveOutcome> Run::conclude() {
  std::vector<DriveOutcome> outcomes;
  const Result<void> settled = setup_.journal->settle();
  saved_ = settled.ok();
  for (const auto& job : jobs_) {
    if (!job->outcome && settled.ok()) {
      DriveOutcome outcome = conclude_job(*job);
      const bool is_unsaved = outcome.error && is_of_stick(outcome.error->stop) && outcome.certificate.empty() &&
                              outcome.exit != ExitCode::Refused;
      saved_ = saved_ && !is_unsaved;
      if (!is_unsaved) job->outcome = outcome;
      outcomes.push_back(std::move(outcome));
    } else if (job->outcome) {
      outcomes.push_back(*job->outcome);
    } else {
      DriveOutcome outcome{.drive = job->drive, .plan = job->plan, .exit = ExitCode::Interrupted};
      outcome.error = settled.error();
      outcomes.push_back(std::move(outcome));
    }
  }
  saved_ = saved_ && setup_.journal->settle().ok();  // That there is a certificate is for the journal, too.
  return outcomes;
}

DriveOutcome Run::conclude_job(Job& job) {
  DriveOutcome outcome{.drive = job.drive, .plan = job.plan};
  const std::optional<RunEnded> ended = job.running->ended();
  if (ended && ended->end != RunEnd::Finished) outcome.error = error_of(*ended);

  const Result<JournalText> text = Journal::read(*setup_.bench.stick, setup_.journal->run());
  const Result<Evidence> evidence = text.ok() ? evidence_of(text.value(), job.drive) : Result<Evidence>(text.error());
  if (!evidence.ok()) {
    // Not announced, so nothing was written to the drive. Or the stick lost its journal, which is worse.
    const bool is_unknown = is_of_stick(evidence.error().stop);  // The stick is away: asked again.
    const bool never_began = ended && ended->end == RunEnd::Failed;
    outcome.exit = is_unknown ? ExitCode::Interrupted : never_began ? ExitCode::Refused : ExitCode::Failed;
    if (!outcome.error || is_of_stick(evidence.error().stop)) outcome.error = evidence.error();
    return outcome;
  }

  outcome.verdict = final_verdict(evidence.value());
  outcome.exit = exit_of(evidence.value(), *outcome.verdict);
  outcome.bad_ranges = evidence.value().bad_ranges();
  outcome.interruptions = evidence.value().state().interruptions.size();
  if (!outcome.bad_ranges.empty() && outcome.exit == ExitCode::Done) outcome.exit = ExitCode::Failed;
  if (ended && evidence.value().awaits_trial()) outcome.trial_word = trial_word(evidence.value().state().started->seed);
  if (!ended) return outcome;  // It hangs, and may go on: nothing is certified yet.
  const Result<void> certified = certify(job, evidence.value(), outcome);
  if (!certified.ok()) {
    outcome.error = certified.error();
    outcome.exit = worst(outcome.exit, ExitCode::Interrupted);
  }
  return outcome;
}

Result<void> Run::certify(Job& job, const Evidence& evidence, DriveOutcome& outcome) {
  if (!setup_.key) return {};
  const PublishedCertificate published = TRY(relance::certify(setup_, evidence, job.drive));
  outcome.certificate = published.file;
  job.recorder->report(CertificateWritten{published.file, published.sha256});
  return {};
}

}  // namespace relance
