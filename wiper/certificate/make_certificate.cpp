#include <algorithm>

#include "wiper/base/iso_time.h"
#include "wiper/base/version.h"
#include "wiper/certificate/certificate.h"
#include "wiper/content/sample.h"
#include "wiper/plan/level.h"

namespace relance {
namespace {

bool is_proven(VerdictKind verdict) {
  return verdict == VerdictKind::Erased || verdict == VerdictKind::ErasedWithReserve;
}

CertifiedDrive drive_of(const DriveFacts& facts) {
  return {.model = facts.identity.model,
          .serial = facts.identity.serial,
          .serial_source = facts.identity.serial_source,
          .wwn = facts.identity.wwn,
          .firmware = facts.identity.firmware,
          .kind = facts.kind,
          .bus = facts.bus,
          .medium = facts.medium,
          .size_bytes = facts.geometry.size_bytes(),
          .blocks = facts.geometry.block_count,
          .logical_block_bytes = facts.geometry.logical_bytes,
          .read_through_cache = facts.reads_cached};
}

std::uint64_t percent_down(std::uint64_t part, std::uint64_t whole) {
  if (whole == 0) return 0;
  if (part >= whole) return 100;
  return whole >= 100 ? std::min<std::uint64_t>(99, part / (whole / 100)) : part * 100 / whole;
}

CertifiedPass pass_of(const StepState& step, std::string_view content) {
  CertifiedPass pass;
  pass.content = content;
  if (step.content) {
    pass.digest = step.content->digest;
    pass.chunks = step.content->chunk_count;
  }
  pass.finished = step.report && step.report->end == SweepEnd::Complete;
  pass.chunks_written = (step.report ? step.report->written : step.done).block_count();
  pass.blocks_refused = (step.report ? step.report->failed : step.failed).block_count();
  return pass;
}

std::vector<CertifiedPass> passes_of(const Evidence& evidence) {
  const std::vector<Step>& planned = evidence.plan().steps;
  const std::vector<StepState>& done = evidence.state().steps;
  std::vector<CertifiedPass> passes;
  for (std::size_t i = 0; i < planned.size() && i < done.size(); ++i)
    if (is_pass(planned[i])) passes.push_back(pass_of(done[i], planned[i].content));
  return passes;
}

// What was told, and did not come to an end of its own: the power went, or nobody answered any more.
CertifiedCommand without_end(const EraseIntent& intent, const Evidence& evidence) {
  const std::optional<RunEnded>& ended = evidence.state().ended;
  const bool is_stuck = ended && ended->stop == static_cast<std::uint64_t>(Stop::DriveStalled);
  return {.command = intent.command, .outcome = is_stuck ? EraseOutcome::Stuck : EraseOutcome::Interrupted};
}

std::optional<CertifiedByDrive> by_drive_of(const Evidence& evidence) {
  CertifiedByDrive told{.commands = {}, .canaries = evidence.canaries()};
  for (const StepState& step : evidence.state().steps) {
    if (!step.proof && step.intent) told.commands.push_back(without_end(*step.intent, evidence));
    if (!step.proof) continue;
    const EraseReport& report = step.proof->report();
    told.commands.push_back({report.command, report.outcome, report.was_accepted, report.has_moved});
  }
  return told.commands.empty() ? std::nullopt : std::optional(std::move(told));
}

// An erase that a person or a power cut stopped has not failed, as long as no block refused.
VerdictKind verdict_of_erase(const Evidence& evidence) {
  const VerdictKind erase = erase_verdict(evidence).kind;
  const bool is_interrupted = final_verdict(evidence).kind == VerdictKind::Interrupted;
  const bool only_stopped = erase == VerdictKind::Failed && evidence.bad_ranges().empty();
  return is_interrupted && only_stopped ? VerdictKind::Interrupted : erase;
}

// Image and finishing overlay together: each compare step that is not of the erase.
CertifiedReadBack image_read_back(const Evidence& evidence) {
  const std::vector<Step>& planned = evidence.plan().steps;
  const std::vector<StepState>& done = evidence.state().steps;
  CertifiedReadBack sum;
  for (std::size_t i = 0; i < planned.size() && i < done.size(); ++i) {
    if (planned[i].kind != StepKind::Compare || planned[i].role == StepRole::Erase) continue;
    if (done[i].content) sum.blocks += done[i].content->block_count;
    if (!done[i].read_back) continue;
    sum.equal += done[i].read_back->equal().block_count();
    sum.differing += done[i].read_back->differing().block_count();
    sum.unreadable += done[i].read_back->unreadable().block_count();
  }
  sum.percent_equal = percent_down(sum.equal, sum.blocks);
  return sum;
}

// Of the overlay that counts, the last one of that name.
std::string statement_of(const Evidence& evidence) {
  const std::vector<OverlaySaved>& saved = evidence.state().overlays;
  const auto finish =
      std::find_if(saved.rbegin(), saved.rend(), [](const OverlaySaved& each) { return each.name == kFinishOverlay; });
  return finish == saved.rend() ? "" : finish->statement_sha256.value_or("");
}

std::optional<CertifiedTrial> trial_of(const Evidence& evidence) {
  if (!evidence.image_finished()) return std::nullopt;
  if (evidence.awaits_trial()) return CertifiedTrial{TrialState::Awaited, {}};
  const std::optional<TrialCollected>& collected = evidence.state().trial;
  return collected ? CertifiedTrial{TrialState::Done, collected->checks} : CertifiedTrial{};
}

std::vector<Phrase> said_of(const CertifiedTrial& trial) {
  if (trial.state == TrialState::NotDone) return {{Sentence::TrialNotDone, {}}};
  if (trial.state == TrialState::Awaited) return {{Sentence::TrialAwaited, {}}};
  std::vector<Phrase> said{{Sentence::TrialDone, {}}};
  for (const TrialCheck& check : trial.checks)
    if (check.outcome == TrialOutcome::Fail) said.push_back({Sentence::TrialCheckFailed, {check.name}});
  return said;
}

std::optional<CertifiedImage> image_of(const Evidence& evidence) {
  const Plan& plan = evidence.plan();
  if (plan.image.empty()) return std::nullopt;
  return CertifiedImage{.name = plan.image,
                        .manifest_sha256 = plan.image_sha256,
                        .finished = evidence.image_finished(),
                        .proven = evidence.image_read_back(),
                        .read_back = image_read_back(evidence),
                        .statement_sha256 = statement_of(evidence)};
}

std::vector<CertifiedInterruption> interruptions_of(const Evidence& evidence) {
  const std::vector<Step>& planned = evidence.plan().steps;
  std::vector<CertifiedInterruption> list;
  for (const Interruption& each : evidence.state().interruptions)
    list.push_back({iso_time(each.noticed_s), each.step,
                    each.step < planned.size() ? planned[static_cast<std::size_t>(each.step)].content : ""});
  return list;
}

// A run that erased by itself, and proved it.
bool claims_level(const Evidence& evidence) {
  return is_proven(verdict_of_erase(evidence)) && !passes_of(evidence).empty();
}

// The drive's own erase counts only where nothing at all speaks against it: every block proven, every canary gone.
Level level_claimed(const Evidence& evidence) {
  if (!claims_level(evidence)) return Level::None;
  const DriveFacts& drive = evidence.plan().drive;
  const Level by_us = level_of(EraseCommand::Overwrite, drive);
  const bool counts = evidence.is_erased_by_drive() && verdict_of_erase(evidence) == VerdictKind::Erased;
  return counts ? std::max(by_us, level_of(evidence.by_drive()->report().command, drive)) : by_us;
}

// Nothing: no sample was read back.
std::optional<unsigned> percent_sampled(const Evidence& evidence) {
  const std::vector<Step>& steps = evidence.plan().steps;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].role == StepRole::Erase && steps[i].sample_percent < 100 && evidence.state().steps[i].read_back)
      return steps[i].sample_percent;
  return std::nullopt;
}

std::vector<Statement> statements_of(const Evidence& evidence, const CertificateRequest& request) {
  const DriveFacts& drive = evidence.plan().drive;
  std::vector<Statement> list;
  const auto add = [&](Sentence sentence) { list.push_back(stated(request.language, {sentence, {}})); };
  const std::vector<Step>& steps = evidence.plan().steps;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const StepState& done = evidence.state().steps[i];
    if (steps[i].kind == StepKind::Repair && done.content)
      list.push_back(stated(
          request.language,
          {Sentence::ImageWasThere, {std::to_string(done.kept_blocks), std::to_string(done.content->block_count)}}));
  }
  for (const Phrase& reason : evidence.plan().reasons)
    if (reason.name == Sentence::BudgetFits || reason.name == Sentence::BudgetMissed)
      list.push_back(stated(request.language, reason));
  if (!is_proven(erase_verdict(evidence).kind)) add(Sentence::DriveNotErased);
  if (level_claimed(evidence) == Level::Clear && drive.medium != Medium::Rotating) add(Sentence::SpareCellsNotReached);
  if (const std::optional<unsigned> percent = percent_sampled(evidence))
    list.push_back(stated(
        request.language,
        {Sentence::SampleDrawn, {std::to_string(*percent), to_hex(sample_key(evidence.state().started->seed))}}));
  if (drive.kind == DriveKind::File) add(Sentence::KindFile);
  if (drive.kind == DriveKind::Loop) add(Sentence::KindLoop);
  if (drive.kind == DriveKind::Simulated) add(Sentence::KindSimulated);
  if (drive.reads_cached) add(Sentence::ReadThroughCache);
  if (evidence.image_finished() && !evidence.image_read_back()) add(Sentence::ImageNotReadBack);
  if (const std::optional<CertifiedTrial> trial = trial_of(evidence))
    for (const Phrase& each : said_of(*trial)) list.push_back(stated(request.language, each));
  return list;
}

Sentence title_for(VerdictKind verdict, bool has_passes) {
  if (verdict == VerdictKind::NotErased) return Sentence::CertificateNotErasedTitle;
  if (!has_passes)
    return Sentence::CertificateInstallTitle;  // Erased by an earlier run, which has its own certificate.
  switch (verdict) {
    case VerdictKind::Erased:
      return Sentence::CertificateTitle;
    case VerdictKind::ErasedWithReserve:
      return Sentence::CertificateReserveTitle;
    case VerdictKind::Interrupted:
      return Sentence::CertificateInterruptedTitle;
    case VerdictKind::Failed:
    case VerdictKind::NotErased:
      break;
  }
  return Sentence::CertificateFailedTitle;
}

std::string title_of(const Certificate& certificate, Language language) {
  const std::string title = say(language, title_for(certificate.verdict, !certificate.erase.passes.empty()));
  return certificate.is_trial() ? say(language, {Sentence::CertificateTrialTitle, {title}}) : title;
}

CertifiedTimes times_of(const Evidence& evidence, const CertificateRequest& request) {
  const JobState& state = evidence.state();
  const std::int64_t elapsed =
      state.last_s > state.started_s && state.started_s > 0 ? state.last_s - state.started_s : 0;
  return {.certificate = iso_time(request.time.seconds),
          .source = request.time.source,
          .pc_clock = iso_time(request.pc_clock_s),
          .started = iso_time(state.started_s),
          .ended = iso_time(state.last_s),
          .elapsed_s = static_cast<std::uint64_t>(elapsed)};
}

}  // namespace

Statement stated(Language language, const Phrase& phrase) {
  return {std::string(name_of(phrase.name)), phrase.arguments, say(language, phrase)};
}

CertifiedErase certified_erase(const Evidence& evidence, Language language) {
  const Plan& plan = evidence.plan();
  const Method* const method = method_named(plan.method);
  const VerdictKind verdict = verdict_of_erase(evidence);
  std::vector<CertifiedPass> passes = passes_of(evidence);
  const std::uint64_t blocks = plan.drive.geometry.block_count;
  const std::uint64_t equal = evidence.proven_erased().block_count();
  return {.verdict = verdict,
          .method = plan.method,
          .technique = say(language, method == nullptr ? Sentence::MethodNone : method->words),
          .level = std::string(name_of(level_claimed(evidence))),
          .verify = plan.verify,
          .passes = std::move(passes),
          .read_back = {.blocks = blocks,
                        .equal = equal,
                        .differing = evidence.differing().block_count(),
                        .unreadable = evidence.not_read().block_count(),
                        .percent_equal = percent_down(equal, blocks)},
          .by_drive = by_drive_of(evidence)};
}

Certificate make_certificate(const Evidence& evidence, const CertificateRequest& request) {
  const Verdict verdict = final_verdict(evidence);
  Certificate certificate;
  certificate.number = evidence.plan().number;
  certificate.verdict = verdict.kind;
  for (const Phrase& reason : verdict.reasons) certificate.reasons.push_back(stated(request.language, reason));
  certificate.statements = statements_of(evidence, request);
  certificate.drive = drive_of(evidence.plan().drive);
  certificate.erase = certified_erase(evidence, request.language);
  certificate.bad_ranges = evidence.bad_ranges();
  certificate.interruptions = interruptions_of(evidence);
  certificate.image = image_of(evidence);
  certificate.trial = trial_of(evidence);
  if (const std::optional<CertificateWritten>& before = evidence.state().before_trial) {
    certificate.rank = 2;
    certificate.replaces = CertifiedEarlier{before->file, before->sha256};
  }
  certificate.parties = request.parties;
  certificate.machine = evidence.state().started->machine;
  certificate.times = times_of(evidence, request);
  certificate.software = version();
  certificate.journal = {request.journal_file, evidence.journal_sha256()};
  certificate.ledger = request.ledger;
  certificate.alea = request.alea;
  certificate.title = title_of(certificate, request.language);
  return certificate;
}

}  // namespace relance
