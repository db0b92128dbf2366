#include "wiper/plan/plan.h"

#include <algorithm>

#include "wiper/plan/choice.h"
#include "wiper/plan/drive_erase_choice.h"

namespace relance {
namespace {

Error refused(Stop stop, std::string detail) { return {Errc::Refused, stop, std::move(detail)}; }

Result<void> refuse_external(const DriveFacts& drive, const Policy& policy, const PlanRequest& request) {
  if (!is_external(drive.bus)) return {};
  const auto& allowed = policy.external_allowed;
  if (std::find(allowed.begin(), allowed.end(), drive.bus) == allowed.end())
    return refused(Stop::DriveExternal, drive.path + " is on " + std::string(name_of(drive.bus)) +
                                            ": external, and the profile does not allow that kind");
  if (!request.operator_named_drive)
    return refused(Stop::DriveExternal, drive.path + " is external: the operator has to name it");
  return {};
}

Result<void> refuse_image(const DriveFacts& drive, const PlanRequest& request) {
  if (!request.image) return {};
  const std::uint64_t has = drive.geometry.size_bytes();
  if (has < request.image->minimum_bytes)
    return refused(Stop::DriveTooSmall, "the image needs " + say_size(Language::English, request.image->minimum_bytes) +
                                            ", the drive has " + say_size(Language::English, has));
  const bool may_deploy = request.erase || !request.erased_in_run.empty() || request.not_erased_override;
  if (!may_deploy) return refused(Stop::NotErased, "the journal has no finished erase of " + drive.path);
  return {};
}

// Empty: the drive is not that large.
std::string stamps_of(const DriveFacts& drive, const Policy& policy) {
  std::string name(kStampContent.substr(0, kStampContent.size() - 1));
  bool any = false;
  for (const unsigned wrap : policy.wraps) {
    if (drive.geometry.block_count <= std::uint64_t{1} << wrap) continue;
    name += "-" + std::to_string(wrap);
    any = true;
  }
  return any ? name : "";
}

unsigned percent_read(const Policy& policy, Verify verify) {  // At least 10 %: DESIGN.md §5.
  return verify == Verify::Sample ? std::clamp(policy.sample_percent, 10U, 100U) : 100U;
}

Step erase_step(StepKind kind, std::string content, Sentence what) {
  return {.kind = kind, .role = StepRole::Erase, .content = std::move(content), .what = {what, {}}};
}

void add_stamps(std::vector<Step>& steps, const DriveFacts& drive, const Policy& policy) {
  const std::string stamps = stamps_of(drive, policy);
  if (stamps.empty()) return;
  steps.push_back(erase_step(StepKind::Write, stamps, Sentence::StepStamp));
  steps.push_back(erase_step(StepKind::Compare, stamps, Sentence::StepStampCompare));
}

// First of all: what is shown only later would be left out by everything before.
void add_uncovering(Plan& plan, const Policy& policy) {
  const std::uint64_t hidden = hidden_blocks(plan.drive).value_or(0);
  if (hidden == 0) return;
  plan.reasons.push_back(
      {policy.uncovers ? Sentence::HiddenUncovered : Sentence::HiddenStays, {std::to_string(hidden)}});
  if (policy.uncovers)
    plan.steps.push_back(
        {.kind = StepKind::Uncover, .role = StepRole::Erase, .content = "", .what = {Sentence::StepUncover, {}}});
}

Phrase say_verify(const Policy& policy, Verify verify) {
  switch (verify) {
    case Verify::Full:
      return {Sentence::VerifyFull, {}};
    case Verify::Sample:
      return {Sentence::VerifySample, {std::to_string(percent_read(policy, verify))}};
    case Verify::Each:
      return {Sentence::VerifyEach, {}};
    case Verify::None:
      break;
  }
  return {Sentence::VerifyNone, {}};
}

void add_drive_erase(Plan& plan, const std::vector<EraseCommand>& commands) {
  plan.steps.push_back(erase_step(StepKind::Write, std::string(kCanaryContent), Sentence::StepCanaries));
  plan.steps.push_back(erase_step(StepKind::Compare, std::string(kCanaryContent), Sentence::StepCanariesCompare));
  for (const EraseCommand command : commands)
    plan.steps.push_back(erase_step(StepKind::EraseByDrive, std::string(name_of(command)), Sentence::StepEraseByDrive));
  plan.steps.push_back(erase_step(StepKind::Search, std::string(kCanaryContent), Sentence::StepSearch));
}

Result<void> add_erase(Plan& plan, Policy policy, const Speeds& speeds) {
  const DriveEraseChoice by_drive = choose_drive_erase(plan.drive, policy);
  plan.reasons.insert(plan.reasons.end(), by_drive.why.begin(), by_drive.why.end());
  if (!by_drive.commands.empty()) add_drive_erase(plan, by_drive.commands);
  if (!std::ranges::all_of(by_drive.commands, is_tried)) {
    policy.verify = reads_all(policy.verify) ? policy.verify : Verify::Full;
    std::erase_if(policy.verify_allowed, [](Verify verify) { return !reads_all(verify); });
  }
  const Choice choice = TRY(choose(plan.drive, policy, speeds));
  plan.method = choice.method->name;
  plan.verify = choice.verify;
  plan.reasons.insert(plan.reasons.end(), choice.why.begin(), choice.why.end());
  const std::vector<Step> steps = erase_steps(plan.drive, policy, *choice.method, choice.verify);
  plan.steps.insert(plan.steps.end(), steps.begin(), steps.end());
  if (is_stamp(steps.front())) plan.reasons.push_back({Sentence::StampsAsked, {}});
  plan.reasons.push_back(say_verify(policy, choice.verify));
  return {};
}

void add_image(Plan& plan, const ImageNeeds& image, const PlanRequest& request) {
  plan.image = image.name;
  plan.image_sha256 = image.manifest_sha256;
  plan.trial = request.trial;
  plan.reasons.push_back({Sentence::ImageAsked, {image.name}});
  if (request.trial) plan.reasons.push_back({Sentence::TrialAsked, {}});
  if (request.erase)
    plan.steps.push_back(
        {.kind = StepKind::Require, .role = StepRole::Erase, .content = "", .what = {Sentence::StepRequire, {}}});
  if (!request.erase)
    plan.steps.push_back({.kind = StepKind::Write,
                          .role = StepRole::Image,
                          .content = std::string(kUnbootOverlay),
                          .is_overlay = true,
                          .what = {Sentence::StepUnboot, {}}});
  const auto add = [&plan](StepKind kind, StepRole role, std::string_view content, OverlayPart part, Sentence what) {
    plan.steps.push_back({.kind = kind,
                          .role = role,
                          .content = std::string(content),
                          .is_overlay = role == StepRole::Finish,
                          .part = part,
                          .what = {what, {}}});
  };
  const bool repairs = !request.erase && request.image_may_be_there;
  if (repairs) plan.reasons.push_back({Sentence::ImageMayBeThere, {}});
  add(repairs ? StepKind::Repair : StepKind::Write, StepRole::Image, kImageContent, OverlayPart::Whole,
      repairs ? Sentence::StepRepair : Sentence::StepImage);
  if (request.compare_image)
    add(StepKind::Compare, StepRole::Image, kImageContent, OverlayPart::Whole, Sentence::StepImageCompare);
  add(StepKind::Write, StepRole::Finish, kFinishOverlay, OverlayPart::AllButFirstBlock, Sentence::StepFinish);
  add(StepKind::Write, StepRole::Finish, kFinishOverlay, OverlayPart::FirstBlock, Sentence::StepFinish);
  if (request.compare_image)
    add(StepKind::Compare, StepRole::Finish, kFinishOverlay, OverlayPart::Whole, Sentence::StepFinishCompare);
}

}  // namespace

bool has_planned_size(const Plan& plan, const DriveFacts& now) {
  const std::uint64_t planned = plan.drive.geometry.block_count;
  const bool is_uncovered = std::any_of(plan.steps.begin(), plan.steps.end(),
                                        [](const Step& step) { return step.kind == StepKind::Uncover; });
  const std::uint64_t most = is_uncovered ? planned + hidden_blocks(plan.drive).value_or(0) : planned;
  return planned <= now.geometry.block_count && now.geometry.block_count <= most;
}

Result<void> refuse_unfit_drive(const DriveFacts& drive) {
  for (const Use& use : drive.uses) {
    const std::string who = use.what + (use.where.empty() ? "" : " at " + use.where);
    if (use.kind == UseKind::OwnStick) return refused(Stop::OwnStick, drive.path + " is our own stick");
    if (use.kind == UseKind::Mounted || use.kind == UseKind::Swap) return refused(Stop::DriveMounted, "in use: " + who);
    return refused(Stop::DriveHeld, "held: " + who);
  }
  if (drive.read_only) return refused(Stop::DriveReadOnly, drive.path + " is read-only");
  if (drive.geometry.block_count == 0) return refused(Stop::NoDrive, drive.path + " has no size");
  if (drive.geometry.logical_bytes != 512 && drive.geometry.logical_bytes != 4096)
    return refused(Stop::BlockFormat, "logical blocks of " + std::to_string(drive.geometry.logical_bytes) + " bytes");
  return {};
}

Result<Plan> make_plan(const DriveFacts& drive, const Policy& policy, const PlanRequest& request) {
  TRY(refuse_unfit_drive(drive));
  TRY(refuse_external(drive, policy, request));
  TRY(refuse_image(drive, request));

  Plan plan;
  plan.number = request.number;
  plan.drive = drive;
  plan.verify = policy.verify;
  if (request.speeds.is_known()) plan.speeds = request.speeds;
  plan.reserves_allowed = policy.reserves_allowed;
  plan.method = "none";
  if (request.erase) {
    add_uncovering(plan, policy);
    TRY(add_erase(plan, policy, request.speeds));
  } else if (!request.erased_in_run.empty()) {
    plan.erased_in_run = request.erased_in_run;
    plan.reasons.push_back({Sentence::ErasedEarlier, {request.erased_in_run}});
  } else {
    plan.deploys_unerased = true;
    plan.reasons.push_back({Sentence::NotErasedAsked, {}});
  }
  if (request.image) add_image(plan, *request.image, request);
  if (!request.image) plan.reasons.push_back({Sentence::NoImageAsked, {}});
  return plan;
}

std::vector<Step> erase_steps(const DriveFacts& drive, const Policy& policy, const Method& method, Verify verify) {
  std::vector<Step> steps;
  if (!method.ends_keyed()) add_stamps(steps, drive, policy);
  for (std::size_t i = 0; i < method.passes.size(); ++i) {
    const Pass& pass = method.passes[i];
    const std::string content = content_name(pass, i + 1);
    steps.push_back(erase_step(StepKind::Write, content, Sentence::StepErase));
    const bool is_last = i + 1 == method.passes.size();
    const bool is_compared = is_last || pass.is_compared || verify == Verify::Each;
    if (!is_compared || verify == Verify::None) continue;
    steps.push_back(erase_step(StepKind::Compare, content, Sentence::StepCompare));
    steps.back().sample_percent = percent_read(policy, verify);
  }
  return steps;
}

Plan make_trial_end_plan(const Plan& deployed) {
  Plan plan;
  plan.number = deployed.number;
  plan.drive = deployed.drive;
  plan.method = "none";
  plan.verify = deployed.verify;
  plan.trial = false;
  const auto add = [&plan](StepKind kind, Sentence what) {
    plan.steps.push_back({.kind = kind,
                          .role = StepRole::Finish,
                          .content = std::string(kTrialEndOverlay),
                          .is_overlay = true,
                          .part = OverlayPart::Whole,
                          .what = {what, {}}});
  };
  add(StepKind::Write, Sentence::StepTrialEnd);
  add(StepKind::Compare, Sentence::StepTrialEndCompare);
  return plan;
}

Result<Confirmation> confirm(Plan plan, const DriveFacts& now, std::string_view typed) {
  if (!is_same_drive(plan.drive, now)) return refused(Stop::DriveChanged, "this is not the drive of the plan");
  if (!has_planned_size(plan, now)) return refused(Stop::DriveChanged, "the drive has another size than in the plan");
  TRY(refuse_unfit_drive(now));
  if (typed != plan.drive.confirm_word)
    return refused(Stop::WrongConfirmation, "the word typed is not the drive's confirm word");
  return Confirmation(std::move(plan));
}

Result<Confirmation> confirm_uncovered(Confirmation before, const DriveFacts& now) {
  if (!is_same_drive(before.plan_.drive, now)) return refused(Stop::DriveChanged, "this is not the drive of the plan");
  if (!has_planned_size(before.plan_, now))
    return refused(Stop::DriveChanged, "the drive has another size than it was to show");
  before.plan_.drive.geometry = now.geometry;
  before.plan_.drive.hidden_areas = now.hidden_areas;
  return before;
}

}  // namespace relance
