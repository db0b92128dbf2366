#include "wiper/job/job.h"

#include <algorithm>

#include "wiper/crypto/hash.h"
#include "wiper/device/sure_reader.h"
#include "wiper/erase/drive_erase.h"
#include "wiper/erase/stall_watch.h"
#include "wiper/job/drive_lock.h"
#include "wiper/job/erase_content.h"

namespace relance {
namespace {

constexpr int kOverlayNames =
    9;  // An overlay published but not announced (power cut between the two) leaves its name taken.

constexpr unsigned kUncoverings =
    2;  // With one power cycle between them. What hides again after that is left, and said.

constexpr nanoseconds kErasePoll =
    std::chrono::seconds(2);  // Progress is a 16-bit fraction; faster only wakes the drive.

// One run of one drive, on one thread.
class Run {
 public:
  Run(const JobSetup& setup, Confirmation confirmation, const JobState& already, RunningJob& job)
      : setup_(setup),
        confirmation_(std::move(confirmation)),
        state_(already),
        job_(job),
        recorder_(setup.journal->recorder(setup.drive)) {}

  RunEnded go() {
    const Result<void> result = begin_and_run();
    const RunEnded ended = ended_by(result);
    if (has_begun_)
      job_.end_with(ended, *recorder_);
    else
      job_.end_with(ended, silent_);
    return *job_.ended();  // The supervisor may have been first.
  }

 private:
  // Before the run is announced nothing of it goes to the journal.
  class Silent : public Recorder {
    Result<void> announce(const Event&) override { return {}; }
    void report(const Event&) override {}
    Result<void> settle() override { return {}; }
  };

  const Plan& plan() const { return confirmation_.plan(); }
  const RunStarted& started() const { return *state_.started; }

  Result<void> begin_and_run() {
    device_ = TRY(setup_.machine->open_for_writing(confirmation_));
    TRY(announce_run());
    has_begun_ = true;
    if (setup_.enter_begin) TRY(setup_.enter_begin(started()));
    TRY(open_lock_of_ours(*setup_.machine, confirmation_));
    for (std::uint64_t index = state_.current_step(); index < plan().steps.size(); ++index) {
      job_.step = index;
      TRY(run_step(index, plan().steps[static_cast<std::size_t>(index)]));
    }
    return {};
  }

  Result<void> announce_run() {
    const std::int64_t pc_clock_s = setup_.machine->executor().pc_clock_s();
    if (state_.started) return announce(RunResumed{pc_clock_s});
    RunStarted start{plan(), setup_.machine->facts(), {}, setup_.cipher, setup_.chunk_bytes, pc_clock_s};
    setup_.machine->entropy().fill(start.seed);
    return announce(start);
  }

  Result<void> run_step(std::uint64_t index, const Step& step) {
    switch (step.kind) {
      case StepKind::Write:
      case StepKind::Repair:
        return write(index, step);
      case StepKind::Compare:
        return compare(index, step);
      case StepKind::Require:
        return judge();
      case StepKind::Uncover:
        return uncover(index);
      case StepKind::EraseByDrive:
        return erase_by_drive(index, step);
      case StepKind::Search:
        return search(index, step);
    }
    return Error{Errc::Invalid, Stop::Internal, "a step of unknown kind"};
  }

  // What the drive shows afterwards counts, not what it answered.
  Result<void> uncover(std::uint64_t index) {
    TRY(want_mains());
    TRY(announce(StepStarted{index, {}}));
    const std::unique_ptr<AtaPort> port = TRY(setup_.machine->open_ata(confirmation_));
    Uncovering outcome = TRY(uncover_hidden_areas(*port));
    const DriveFacts now = TRY(setup_.machine->look_again(confirmation_));
    const bool hides = hidden_blocks(now) != 0U;
    if (outcome == Uncovering::Done && hides) outcome = Uncovering::PowerCycleRequired;
    const bool was_tried = state_.steps[static_cast<std::size_t>(index)].uncoverings + 1 >= kUncoverings;
    if (outcome == Uncovering::PowerCycleRequired && was_tried) outcome = Uncovering::AccessDenied;
    TRY(announce(DriveUncovered{index, outcome, now.geometry, now.hidden_areas.value_or(HiddenAreas{})}));
    if (outcome == Uncovering::PowerCycleRequired)
      return Error{Errc::Refused, Stop::PowerCycleNeeded, "the drive shows all of itself only once the power was off"};
    return hold_again(now);
  }

  // The kernel's size, what the device was opened with and what the firmware says are one before the first write.
  Result<void> hold_again(const DriveFacts& now) {
    Result<Confirmation> uncovered = confirm_uncovered(std::move(confirmation_), now);
    if (!uncovered.ok()) return uncovered.error();
    confirmation_ = std::move(uncovered).value();
    device_.reset();
    device_ = TRY(setup_.machine->open_for_writing(confirmation_));
    if (device_->geometry() == now.geometry) return {};
    return Error{Errc::Refused, Stop::DriveChanged, "the drive has another size than it said it would show"};
  }

  // A command that is cut off may leave a drive locked, or hidden areas as nobody wanted them.
  Result<void> want_mains() {
    if (setup_.machine->power().is_on_mains) return {};
    return Error{Errc::Refused, Stop::MainsNeeded, "a laptop on its battery: nothing was sent to the drive"};
  }

  Result<void> erase_by_drive(std::uint64_t index, const Step& step) {
    if (state_.has_erased_itself(index)) return {};
    TRY(want_mains());
    const StepState before = state_.steps[static_cast<std::size_t>(index)];
    TRY(announce(StepStarted{index, {.name = step.content, .digest = ""}}));
    const std::shared_ptr<DriveErase> erase = TRY(drive_erase(index, step, before));
    const Result<EraseStatus> ended = wait_for(erase);
    if (!ended.ok()) return ended.error();
    const EraseProof proof = erase->proof();
    report(DriveEraseEnded{index, EraseProofRecord(proof)});
    if (proof.report().outcome == EraseOutcome::Stuck)
      return Error{Errc::Timeout, Stop::DriveStalled, "the drive's own erase neither moves nor ends"};
    if (proof.report().outcome == EraseOutcome::StillLocked)
      return Error{Errc::Refused, Stop::DriveLocked, "the drive does not take our password off"};
    device_.reset();  // Identity and size are compared with the plan once more.
    device_ = TRY(setup_.machine->open_for_writing(confirmation_));
    return {};
  }

  Result<std::shared_ptr<DriveErase>> drive_erase(std::uint64_t index, const Step& step, const StepState& before) {
    const std::optional<EraseCommand> command = enum_named<EraseCommand>(step.content);
    if (!command || *command == EraseCommand::Overwrite)
      return Error{Errc::Invalid, Stop::Internal, "no erase by a drive is called " + step.content};
    EraseSetup erase{
        .announce = [recorder = recorder_,
                     index](const EraseIntent& intent) { return recorder->announce(DriveEraseAsked{index, intent}); },
        .before = before.intent,
        .times_before = before.starts};
    if (is_nvme(*command)) {
      std::unique_ptr<NvmeAdminPort> port = TRY(setup_.machine->open_nvme(confirmation_));
      return std::shared_ptr<DriveErase>(make_nvme_erase(*command, std::move(port), std::move(erase)));
    }
    std::unique_ptr<AtaPort> port = TRY(setup_.machine->open_ata(confirmation_));
    return std::shared_ptr<DriveErase>(make_ata_erase(*command, std::move(port), std::move(erase)));
  }

  // Some commands answer after hours: another thread waits for them, and this one is the supervisor's pulse.
  Result<EraseStatus> begin(const std::shared_ptr<DriveErase>& erase) {
    Executor& executor = setup_.machine->executor();
    const auto answer = std::make_shared<std::optional<Result<EraseStatus>>>();
    const std::unique_ptr<Task> task = executor.start(
        "erase-" + setup_.drive, [erase, answer, machine = setup_.machine] { *answer = erase->start(); });
    const Moment latest = executor.now() + erase->patience();
    while (!executor.wait([&] { return task->finished(); }, executor.now() + kErasePoll)) {
      ++job_.progress->operations;
      if (executor.now() > latest)
        return Error{Errc::Timeout, Stop::DriveStalled, "the drive's own erase does not answer"};
    }
    return **answer;
  }

  Result<EraseStatus> wait_for(const std::shared_ptr<DriveErase>& erase) {
    Executor& executor = setup_.machine->executor();
    const std::uint64_t bytes = device_->geometry().size_bytes();
    job_.progress->bytes_done = 0;
    job_.progress->bytes_total = bytes;
    StallWatch watch(executor.now());
    EraseStatus status = TRY(begin(erase));
    while (status.is_running) {
      job_.progress->bytes_done = bytes / 65536 * status.progress;
      ++job_.progress->operations;
      if (watch.look(executor.now(), status.progress, erase->expected())) {
        (void)erase->given_up();  // Read off it by the caller.
        return EraseStatus{};
      }
      executor.sleep(kErasePoll);
      if (!job_.gate->pass(executor))
        return Error{Errc::Cancelled, Stop::Interrupted, "the drive's erase goes on in it"};
      status = TRY(erase->poll());
    }
    return status;
  }

  // Between the drive's erase and the first byte that we write.
  Result<void> search(std::uint64_t index, const Step& step) {
    const std::shared_ptr<Content> content = TRY(content_of(step));
    TRY(begin_step(index, step, content->identity()));
    const ReadBack read_back = Sweep(sweep_setup(), content).compare(*device_);
    report(CompareFinished{index, ReadBackRecord(read_back)});
    TRY(went_well(read_back.end(), read_back.detail()));
    const Evidence evidence = TRY(evidence_so_far());
    const bool says_erased = evidence.by_drive() && says_success(evidence.by_drive()->report().outcome);
    if (!says_erased || !evidence.canaries() || evidence.canaries()->kept == 0) return {};
    return Error{Errc::Corrupt, Stop::DriveLied,
                 "canaries still there after the drive's own erase: " + to_text(read_back.equal())};
  }

  Result<void> write(std::uint64_t index, const Step& step) {
    const std::shared_ptr<Content> content = TRY(content_of(step));
    const StepState before = state_.steps[static_cast<std::size_t>(index)];
    if (before.content && *before.content != content->identity())
      return Error{Errc::Corrupt, Stop::ImageDamaged,
                   "the content of step " + std::to_string(index) + " is not what it was before the interruption"};
    TRY(begin_step(index, step, content->identity()));

    SweepSetup sweep = sweep_setup();
    sweep.already = {before.done, before.failed, before.kept_blocks};
    sweep.only_differing = step.kind == StepKind::Repair;
    // Reported, not announced: pulling the stick never stops an erase. What it then costs is the place to resume from.
    sweep.checkpoint = [this, index](const SweepCheckpoint& checkpoint) -> Result<void> {
      recorder_->report(Checkpoint{index, checkpoint.done, checkpoint.failed, checkpoint.kept_blocks});
      return {};
    };
    const SweepReport written = Sweep(sweep, content).write(*device_);
    report(WriteFinished{index, written});
    TRY(went_well(written.end, written.detail));
    const bool is_image = step.role != StepRole::Erase;
    if (is_image && !written.failed.empty())
      return Error{Errc::Io, Stop::WriteErrors, "blocks of the image could not be written: " + to_text(written.failed)};
    return {};
  }

  // The first step is announced, and so is all that an image writes. The rest of an erase was announced with its beginning:
  // it goes on while the stick is away. But a pass that writes over what was just compared waits until the stick has that
  // comparison: after a power cut it could not be made again.
  Result<void> begin_step(std::uint64_t index, const Step& step, ContentIdentity content) {
    const StepStarted started{index, std::move(content)};
    const StepKind earlier = index > 0 ? plan().steps[static_cast<std::size_t>(index) - 1].kind : StepKind::Write;
    const bool follows_comparison = earlier == StepKind::Compare || earlier == StepKind::Search;
    const bool overwrites_it = follows_comparison && writes(step.kind);
    if (index == 0 || step.role != StepRole::Erase || overwrites_it) return announce(started);
    report(started);
    return {};
  }

  Result<void> compare(std::uint64_t index, const Step& step) {
    const std::shared_ptr<Content> content = TRY(content_of(step));
    TRY(begin_step(index, step, content->identity()));
    const ReadBack read_back = Sweep(sweep_setup(), content).compare(*device_);
    report(CompareFinished{index, ReadBackRecord(read_back)});
    TRY(went_well(read_back.end(), read_back.detail()));
    if (is_stamp(step) && !read_back.differing().empty())  // No pass over this drive would prove anything.
      return Error{Errc::Corrupt, Stop::AddressesWrap,
                   "numbered blocks read back as others: " + to_text(read_back.differing())};
    if (step.role == StepRole::Erase || read_back.is_clean()) return {};  // An erase is judged as a whole.
    const bool is_unread = !read_back.unreadable().empty();
    return Error{Errc::Corrupt, is_unread ? Stop::ReadErrors : Stop::DataDiffers,
                 "read back of " + step.content + ": differing " + to_text(read_back.differing()) + ", unreadable " +
                     to_text(read_back.unreadable())};
  }

  // What the stick holds decides, not what this process remembers.
  Result<void> judge() {
    const Evidence evidence = TRY(evidence_so_far());
    const Verdict verdict = erase_verdict(evidence);
    if (allows_deployment(verdict, plan().reserves_allowed)) return {};
    return Error{Errc::Refused, Stop::VerdictTooLow,
                 std::string(name_of(verdict.kind)) + ": " + say(Language::English, verdict.reasons.front())};
  }

  Result<Evidence> evidence_so_far() {
    TRY(recorder_->settle());
    const JournalText text = TRY(Journal::read(setup_.machine->stick(), setup_.journal->run()));
    return evidence_of(text, setup_.drive);
  }

  Result<std::shared_ptr<Content>> content_of(const Step& step) {
    if (step.role == StepRole::Erase) return erase_content(started(), step, device_->geometry());
    if (!setup_.contents)
      return Error{Errc::Invalid, Stop::Internal, "a plan with an image, and nobody who knows images"};
    if (step.is_overlay) {
      const std::shared_ptr<const Overlay> overlay = TRY(overlay_named(step.content));
      return overlay_content(step.content, overlay, step.part);
    }
    ContentRequest request = TRY(request_for(step.content));
    request.writes = writes(step.kind) && compares_image();  // What is left out must be looked at after.
    return setup_.contents->make(request);
  }

  bool compares_image() const {
    return std::any_of(plan().steps.begin(), plan().steps.end(),
                       [](const Step& step) { return step.kind == StepKind::Compare && step.role == StepRole::Image; });
  }

  Result<ContentRequest> request_for(const std::string& name) {
    const Evidence evidence = TRY(evidence_so_far());
    ContentRequest request{.name = name,
                           .geometry = device_->geometry(),
                           .seed = started().seed,
                           .proven_zero = evidence.proven_zero(),
                           .number = plan().number,
                           .statement = {},
                           .trial_word = plan().wants_trial() ? trial_word(started().seed) : "",
                           .chunk_bytes = started().chunk_bytes};
    if (name == kFinishOverlay && setup_.state_erase) request.statement = TRY(setup_.state_erase(evidence));
    return request;
  }

  // Made once, from what the drive holds; on the stick before its first byte is on the drive; after an interruption replayed.
  Result<std::shared_ptr<const Overlay>> overlay_named(const std::string& name) {
    const auto& saved = state_.overlays;
    const auto found =
        std::find_if(saved.rbegin(), saved.rend(), [&](const OverlaySaved& each) { return each.name == name; });
    if (found != saved.rend()) return read_overlay(*found);
    const ContentRequest request = TRY(request_for(name));
    SureReader reader(*device_);
    const Overlay overlay = TRY(setup_.contents->make_overlay(request, reader));
    OverlaySaved record = TRY(save_overlay(name, overlay.to_file()));
    if (request.statement) record.statement_sha256 = to_hex(sha256(request.statement->text));
    TRY(announce(record));
    return read_overlay(record);
  }

  Result<OverlaySaved> save_overlay(const std::string& name, const Bytes& file) {
    for (int attempt = 1; attempt <= kOverlayNames; ++attempt) {
      const std::string path = std::string(kJournalFolder) + "/" + setup_.journal->run() + "-" + setup_.drive + "-" +
                               name + (attempt == 1 ? "" : "-" + std::to_string(attempt)) + ".overlay";
      const Result<void> published = setup_.machine->stick().publish(path, file);
      if (published.ok()) return OverlaySaved{name, path, to_hex(sha256(file)), std::nullopt};
      if (published.error().stop != Stop::RecordTaken) return published.error();
    }
    return Error{Errc::Io, Stop::RecordTaken, "no name is left for the overlay " + name};
  }

  Result<std::shared_ptr<const Overlay>> read_overlay(const OverlaySaved& record) {
    const Bytes file = TRY(setup_.machine->stick().read(record.file));
    if (to_hex(sha256(file)) != record.sha256)
      return Error{Errc::Corrupt, Stop::JournalDamaged, record.file + " is not what was saved"};
    Overlay overlay = TRY(Overlay::from_file(file));
    const bool fits = overlay.block_bytes() == device_->geometry().logical_bytes &&
                      ExtentSet{device_->geometry().whole()}.covers(overlay.extents());
    if (!fits) return Error{Errc::Corrupt, Stop::JournalDamaged, record.file + " does not fit this drive"};
    return std::make_shared<const Overlay>(std::move(overlay));
  }

  SweepSetup sweep_setup() {
    return {.executor = setup_.machine->executor(),
            .entropy = setup_.machine->entropy(),
            .progress = job_.progress,
            .gate = job_.gate,
            .workers = setup_.workers,
            .limits = setup_.limits,
            .checkpoint_interval = setup_.checkpoint_interval};
  }

  Result<void> went_well(SweepEnd end, const std::string& detail) {
    switch (end) {
      case SweepEnd::Complete:
        return {};
      case SweepEnd::Cancelled:
        return Error{Errc::Cancelled, Stop::Interrupted, detail};
      case SweepEnd::DriveGone:
        return Error{Errc::Gone, Stop::DriveGone, detail};
      case SweepEnd::TooManyErrors:
        return Error{Errc::Io, Stop::TooManyErrors, detail};
      case SweepEnd::ContentFailed:
        TRY(recorder_->settle());  // An image whose stick was pulled out is not damaged.
        return Error{Errc::Corrupt, Stop::ImageDamaged, detail};
      case SweepEnd::RecordFailed:
        return Error{Errc::Io, Stop::StickGone, detail};
      case SweepEnd::FlushFailed:
        return Error{Errc::Io, Stop::WriteErrors, detail};
      case SweepEnd::TooSlow:
        return Error{Errc::Io, Stop::DriveTooSlow, detail};
    }
    return Error{Errc::Invalid, Stop::Internal, detail};
  }

  RunEnded ended_by(const Result<void>& result) const {
    const std::int64_t now_s = setup_.machine->executor().pc_clock_s();
    if (result.ok()) return {RunEnd::Finished, 0, "", now_s, std::nullopt};
    const Error& error = result.error();
    const RunEnd end = error.code == Errc::Cancelled ? RunEnd::Cancelled : RunEnd::Failed;
    RunEnded ended{end, static_cast<std::uint64_t>(error.stop), error.detail, now_s};
    if (end == RunEnd::Cancelled && job_.is_battery_low) ended.stop = static_cast<std::uint64_t>(Stop::BatteryLow);
    if (error.stop == Stop::DriveTooSlow) ended.why = too_slow();
    if (error.stop == Stop::DriveStalled) ended.why = Phrase{Sentence::ReasonEraseStuck, {}};
    return ended;
  }

  // Rounded so that the sentence does not make the drive better than it is.
  Phrase too_slow() const {
    constexpr std::uint64_t kHour = 3600;
    const std::uint64_t hours = (job_.progress->slow_seconds_left + kHour - 1) / kHour;
    return {Sentence::ReasonTooSlow,
            {std::to_string(job_.progress->slow_bytes_per_s / 1'000'000), std::to_string(hours)}};
  }

  // The state here is a reading of the same events that the stick gets.
  Result<void> announce(const Event& event) {
    TRY(recorder_->announce(event));
    take(event);
    return {};
  }
  void report(const Event& event) {
    recorder_->report(event);
    take(event);
  }
  void take(const Event& event) { state_ = apply(std::move(state_), event, setup_.machine->executor().pc_clock_s()); }

  const JobSetup& setup_;
  Confirmation confirmation_;
  JobState state_;
  RunningJob& job_;
  std::shared_ptr<Recorder> recorder_;
  Silent silent_;
  std::unique_ptr<BlockDevice> device_;
  bool has_begun_ = false;
};

}  // namespace

bool RunningJob::end_with(const RunEnded& ended, Recorder& recorder) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    ended_ = ended;
  }
  recorder.report(ended);
  return true;
}

std::optional<RunEnded> RunningJob::ended() const {
  const std::lock_guard lock(mutex_);
  return ended_;
}

RunEnded run_job(const JobSetup& setup, Confirmation confirmation, const JobState& already,
                 const std::shared_ptr<RunningJob>& job) {
  return Run(setup, std::move(confirmation), already, *job).go();
}

std::unique_ptr<Task> start_job(JobSetup setup, Confirmation confirmation, JobState already,
                                std::shared_ptr<RunningJob> job) {
  struct Owned {  // A std::function must be copyable; a Confirmation is not. And a stalled job outlives its starter.
    JobSetup setup;
    Confirmation confirmation;
    JobState already;
    std::shared_ptr<RunningJob> job;
  };
  Executor& executor = setup.machine->executor();
  const std::string name = "job-" + setup.drive;
  const auto owned =
      std::make_shared<Owned>(Owned{std::move(setup), std::move(confirmation), std::move(already), std::move(job)});
  return executor.start(name, [owned] {
    (void)run_job(owned->setup, std::move(owned->confirmation), owned->already,
                  owned->job);  // Its end is in the RunningJob.
    owned->setup.machine->executor().notify();
  });
}

}  // namespace relance
