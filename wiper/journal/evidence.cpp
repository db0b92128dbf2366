#include "wiper/journal/evidence.h"

#include <algorithm>

#include "wiper/content/sample.h"

namespace relance {
namespace {

Phrase counted(Sentence name, std::uint64_t count) { return {name, {std::to_string(count)}}; }

bool is_same_content(const ContentIdentity& one, const ContentIdentity& other) {
  return one.name == other.name && one.digest == other.digest;
}

void add_ranges(std::vector<BadRange>& ranges, const ExtentSet& set, const char* during) {
  for (const LbaRange range : set.ranges()) ranges.push_back({range.first, range.count, during});
}

// Of a sample as a fraction: "10" for a tenth.
std::uint64_t percent_of(std::uint64_t part, std::uint64_t whole) { return whole == 0 ? 0 : part * 100 / whole; }

// What lies outside of the addressable blocks; each gives a reserve.
void add_reserves(const Evidence& evidence, std::vector<Phrase>& reserves) {
  const Plan& plan = evidence.plan();
  if (!evidence.earlier_bad().empty())
    reserves.push_back(counted(Sentence::ReasonEarlierPass, evidence.earlier_bad().block_count()));
  if (plan.verify == Verify::None) reserves.push_back({Sentence::ReasonNotVerified, {}});
  if (plan.verify == Verify::Sample)
    reserves.push_back(counted(Sentence::ReasonSampled,
                               percent_of(evidence.proven_erased().block_count(), plan.drive.geometry.block_count)));
  const bool is_real = plan.drive.kind == DriveKind::Physical;
  if (is_real && plan.drive.identity.serial_source != SerialSource::Drive)
    reserves.push_back({Sentence::ReasonSerialOfBridge, {}});
  const std::optional<std::uint64_t> hidden = hidden_blocks(plan.drive);
  if (!hidden) reserves.push_back({Sentence::ReasonHiddenUnknown, {}});
  if (hidden.value_or(0) > 0) reserves.push_back(counted(Sentence::ReasonHiddenKept, *hidden));
}

// Why an addressable block is not proven; the first found decides.
std::optional<Phrase> erase_fault(const Evidence& evidence) {
  const Plan& plan = evidence.plan();
  const std::optional<Canaries>& canaries = evidence.canaries();
  const bool says_erased = evidence.by_drive() && says_success(evidence.by_drive()->report().outcome);
  if (says_erased && canaries && canaries->kept > 0)
    return Phrase{Sentence::ReasonDriveLied, {std::to_string(canaries->kept), std::to_string(canaries->placed)}};
  if (!evidence.wrapped().empty()) return counted(Sentence::ReasonAddressesWrap, evidence.wrapped().block_count());
  if (!evidence.not_written().empty()) return counted(Sentence::ReasonNotWritten, evidence.not_written().block_count());
  if (!evidence.differing().empty()) return counted(Sentence::ReasonDiffers, evidence.differing().block_count());
  if (!evidence.not_read().empty()) return counted(Sentence::ReasonNotRead, evidence.not_read().block_count());
  if (!evidence.erase_finished()) return Phrase{Sentence::ReasonStopped, {}};
  if (reads_all(plan.verify) && !evidence.proven_erased().covers(plan.drive.geometry.whole()))
    return counted(Sentence::ReasonNotRead,
                   evidence.proven_erased().complement(plan.drive.geometry.whole()).block_count());
  if (plan.verify == Verify::Sample && evidence.proven_erased().empty()) return Phrase{Sentence::ReasonNotVerified, {}};
  return std::nullopt;
}

std::optional<Phrase> image_fault(const Evidence& evidence) {
  if (evidence.plan().image.empty()) return std::nullopt;
  if (!evidence.image_differing().empty())
    return counted(Sentence::ReasonImageDiffers, evidence.image_differing().block_count());
  if (!evidence.image_finished()) return Phrase{Sentence::ReasonImageNotFinished, {}};
  return std::nullopt;
}

bool has_begun_image(const Evidence& evidence) {
  const std::vector<Step>& steps = evidence.plan().steps;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (steps[i].role != StepRole::Erase && evidence.state().steps[i].content) return true;
  return false;
}

// How the run ended, where that alone decides.
std::optional<Verdict> stopped(const Evidence& evidence) {
  const auto& ended = evidence.state().ended;
  if (!ended || ended->end == RunEnd::Cancelled)
    return Verdict{VerdictKind::Interrupted, {{Sentence::ReasonStopped, {}}}};
  if (ended->end == RunEnd::Stalled) return Verdict{VerdictKind::Failed, {{Sentence::ReasonStalled, {}}}};
  if (ended->end == RunEnd::Failed && ended->stop == static_cast<std::uint64_t>(Stop::DriveGone))
    return Verdict{VerdictKind::Failed, {{Sentence::ReasonDriveGone, {}}}};
  if (ended->end == RunEnd::Failed && ended->why) return Verdict{VerdictKind::Failed, {*ended->why}};
  return std::nullopt;
}

}  // namespace

void Evidence::judge_erase() {
  const std::vector<Step>& steps = plan().steps;
  std::optional<std::size_t> last_write;
  erase_finished_ = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].role != StepRole::Erase || steps[i].kind != StepKind::Write) continue;
    erase_finished_ = state_.steps[i].is_complete() && (!last_write || erase_finished_);
    last_write = i;
  }
  if (!last_write) return;
  judge_before(*last_write);
  not_written_ = state_.steps[*last_write].failed;
  for (std::size_t i = *last_write + 1; i < steps.size(); ++i) {
    if (steps[i].role != StepRole::Erase || steps[i].kind != StepKind::Compare || !state_.steps[i].read_back) continue;
    const ReadBack& read_back = *state_.steps[i].read_back;
    const auto& written = state_.steps[*last_write].report;
    if (!written || !is_same_content(written->content, read_back.content())) continue;
    differing_ = read_back.differing();
    not_read_ = read_back.unreadable();
    if (read_back.end() != SweepEnd::Complete) continue;  // A comparison that did not end proves nothing.
    // A drive that refused to write a block and then reads it back as wanted has read another one: not believed.
    proven_erased_ = without(read_back.equal(), not_written_).cropped(plan().drive.geometry.whole());
    if (read_back.constant() == std::byte{0}) proven_zero_ = proven_erased_;
  }
}

// The last pass decides what is proven; what went wrong before it stays known.
void Evidence::judge_before(std::size_t last_write) {
  for (std::size_t i = 0; i < last_write; ++i) {
    const Step& step = plan().steps[i];
    const StepState& state = state_.steps[i];
    earlier_bad_.add(state.failed);
    if (!state.read_back || step.kind == StepKind::Search) continue;
    earlier_bad_.add(state.read_back->unreadable());
    (is_stamp(step) ? wrapped_ : earlier_bad_).add(state.read_back->differing());
  }
}

void Evidence::judge_image() {
  const std::vector<Step>& steps = plan().steps;
  image_finished_ = !plan().image.empty();
  bool has_comparison = false;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].role == StepRole::Erase) continue;
    const StepState& state = state_.steps[i];
    image_finished_ = image_finished_ && state.is_complete() && state.failed.empty();
    image_differing_.add(state.failed);
    if (!state.read_back) continue;
    has_comparison = true;
    image_differing_.add(state.read_back->differing());
    image_differing_.add(state.read_back->unreadable());
    // Every block of the content was read and found equal: claims add up.
    const bool is_whole = state.read_back->equal().block_count() == state.read_back->content().block_count;
    image_finished_ = image_finished_ && is_whole;
  }
  image_read_back_ = image_finished_ && has_comparison;
}

// What the search could not read is not counted as gone; what differs there is what was wanted.
void Evidence::judge_canaries() {
  const std::vector<Step>& steps = plan().steps;
  ExtentSet placed;
  std::uint64_t planned = 0;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const StepState& state = state_.steps[i];
    if (state.proof) drive_erases_.push_back(*state.proof);
    if (!is_canary(steps[i]) || !state.read_back) continue;
    const ReadBack& read_back = *state.read_back;
    if (steps[i].kind == StepKind::Compare) {
      placed = read_back.equal();
      planned = read_back.content().block_count;
    }
    if (steps[i].kind != StepKind::Search) continue;
    Canaries found{.planned = planned, .placed = placed.block_count()};
    ExtentSet read;
    for (const LbaRange range : placed.ranges()) {
      const ExtentSet gone = read_back.differing().cropped(range);
      const ExtentSet kept = read_back.equal().cropped(range);
      found.gone += gone.block_count();
      found.kept += kept.block_count();
      read.add(gone);
      read.add(kept);
    }
    found.unread = found.placed - found.gone - found.kept;
    found.sections = sample_sections(plan().drive.geometry, placed);
    found.unread_sections = sample_sections(plan().drive.geometry, without(placed, read));
    canaries_ = found;
  }
}

bool Evidence::is_erased_by_drive() const {
  if (by_drive() == nullptr || by_drive()->report().outcome != EraseOutcome::Done || !canaries_) return false;
  const bool are_gone = canaries_->planned > 0 && canaries_->gone == canaries_->planned;
  const bool is_read = proven_erased_.covers(plan().drive.geometry.whole());
  return are_gone && is_read && hidden_blocks(plan().drive) == std::uint64_t{0};
}

std::vector<BadRange> Evidence::bad_ranges() const {
  ExtentSet write;
  ExtentSet read;
  for (std::size_t i = 0; i < state_.steps.size(); ++i) {
    const StepState& step = state_.steps[i];
    write.add(step.failed);
    if (!step.read_back || plan().steps[i].kind == StepKind::Search) continue;
    read.add(step.read_back->differing());
    read.add(step.read_back->unreadable());
  }
  std::vector<BadRange> ranges;
  add_ranges(ranges, write, "write");
  add_ranges(ranges, read, "read");
  std::sort(ranges.begin(), ranges.end(), [](const BadRange& one, const BadRange& other) {
    return one.first != other.first ? one.first < other.first : one.during > other.during;  // "write" before "read".
  });
  return ranges;
}

Result<Evidence> evidence_of(const JournalText& text, std::string_view drive) {
  Evidence evidence;
  for (const JournalLine& line : text.lines) {
    if (line.drive != drive) continue;
    const bool starts = std::holds_alternative<RunStarted>(line.event);
    if (starts == evidence.state_.started.has_value())
      return Error{Errc::Corrupt, Stop::JournalDamaged, "the journal of a drive starts with its run, once"};
    evidence.state_ = apply(std::move(evidence.state_), line.event, line.time_s);
  }
  if (!evidence.state_.started)
    return Error{Errc::Corrupt, Stop::JournalDamaged, "the journal has no run of that drive"};
  evidence.journal_sha256_ = text.sha256;
  evidence.judge_erase();
  evidence.judge_image();
  evidence.judge_canaries();
  return evidence;
}

Verdict erase_verdict(const Evidence& evidence) {
  const Plan& plan = evidence.plan();
  if (!plan.erased_in_run.empty())
    return {VerdictKind::ErasedWithReserve, {{Sentence::ReasonErasedEarlier, {plan.erased_in_run}}}};
  if (plan.method == "none") return {VerdictKind::NotErased, {{Sentence::ReasonNoErase, {}}}};
  if (const std::optional<Phrase> fault = erase_fault(evidence)) return {VerdictKind::Failed, {*fault}};
  Verdict verdict{VerdictKind::ErasedWithReserve, {}};
  add_reserves(evidence, verdict.reasons);
  if (verdict.reasons.empty()) verdict = {VerdictKind::Erased, {{Sentence::ReasonAllRead, {}}}};
  return verdict;
}

Verdict final_verdict(const Evidence& evidence) {
  if (const std::optional<Verdict> end = stopped(evidence)) return *end;
  const Verdict erase = erase_verdict(evidence);
  if (erase.kind == VerdictKind::Failed) return erase;
  const std::optional<Phrase> fault = image_fault(evidence);
  if (!fault && evidence.state().ended->end != RunEnd::Finished)
    return {VerdictKind::Failed, {{Sentence::ReasonStopped, {}}}};
  if (!fault) return erase;
  if (has_begun_image(evidence)) return {VerdictKind::Failed, {*fault}};
  Verdict verdict = erase;  // The erase stands by itself; the image was kept off the drive.
  verdict.reasons.push_back(*fault);
  return verdict;
}

bool allows_deployment(const Verdict& verdict, std::span<const Sentence> reserves_allowed) {
  if (verdict.kind == VerdictKind::Erased) return true;
  if (verdict.kind != VerdictKind::ErasedWithReserve) return false;
  return std::all_of(verdict.reasons.begin(), verdict.reasons.end(), [&](const Phrase& reason) {
    return std::find(reserves_allowed.begin(), reserves_allowed.end(), reason.name) != reserves_allowed.end();
  });
}

}  // namespace relance
