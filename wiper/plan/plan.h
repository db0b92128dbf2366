#pragma once
// Pure: facts and wishes in, a list of steps with their reasons out. Nothing is touched; a dry run is the same plan.

#include <string>
#include <vector>

#include "wiper/command/erase_command.h"
#include "wiper/content/overlay.h"
#include "wiper/discover/drive_facts.h"
#include "wiper/plan/method.h"
#include "wiper/plan/speeds.h"
#include "wiper/text/phrase.h"

namespace relance {

// What is read back: all after the last pass, a sample of that, nothing, or all after each pass.
enum class Verify : std::uint8_t { Full, Sample, None, Each };
template <>
struct EnumNames<Verify> {
  static constexpr std::array<std::string_view, 4> names{"full", "sample", "none", "each"};
};
constexpr bool reads_all(Verify verify) { return verify == Verify::Full || verify == Verify::Each; }

// What the workshop's manager allows: from relance.toml.
struct Policy {
  std::string method = "auto";
  Verify verify = Verify::Full;
  unsigned sample_percent = 10;
  // What a budget may choose among; empty: what the drive's kind asks for, and `verify`. Methods that are not listed are
  // refused. Flash is every drive that does not say that it rotates.
  std::vector<std::string> rotating_methods;
  std::vector<std::string> flash_methods;
  std::vector<Verify> verify_allowed;
  unsigned budget_minutes = 0;  // 0: none.
  // Powers of two, in blocks, at which addresses are known to wrap: 28 bits of LBA, signed and unsigned 32 bits.
  std::vector<unsigned> wraps{28, 31, 32};
  std::vector<Bus> external_allowed;  // Kinds of external drives that may be targets, if the operator names the drive.
  std::vector<Sentence> reserves_allowed;  // RESERVE deploys only for these reasons.
  std::string image;                       // Name of the folder in IMAGES/; empty: none.
  bool trial = false;                      // A deployed system is started once before the PC leaves.
  bool uncovers = false;                   // Hidden areas are uncovered, for good. Untried on real drives.
  // What a drive may be told to do by itself before we write: the first of these that it offers; the next one, where that
  // was not done. Empty: none. Untried ones are always followed by a whole read-back.
  std::vector<EraseCommand> drive_erases;
  Language language = Language::French;
};

// What an image asks of a drive; imager reads it from the manifest.
struct ImageNeeds {
  std::string name;
  std::string manifest_sha256;
  std::uint64_t minimum_bytes = 0;
};

struct PlanRequest {
  std::string number;  // The machine's, check digit verified: "DEF-04217-8". Empty for wipe and deploy alone.
  bool operator_named_drive = false;  // The path came from a person, not from "the only drive".
  bool erase = true;
  std::string
      erased_in_run;  // deploy alone: the run on this stick whose erase of this drive was good enough; else empty.
  bool not_erased_override = false;  // --not-erased
  std::optional<ImageNeeds> image;
  bool trial = false;         // The deployed system is started once before the PC leaves.
  bool compare_image = true;  // False: deployed without its read-back, and the certificate says so.
  Speeds speeds;              // Of the drive, if they were measured or are known of its kind.
  bool image_may_be_there =
      false;  // deploy alone: an earlier run has begun to write one. Then only what differs is written.
};

enum class StepKind : std::uint8_t {
  Write,
  Compare,
  Require,
  Repair,        // A write of what differs.
  Uncover,       // The drive is to show all that it has.
  EraseByDrive,  // Its firmware erases it; `content` names the command.
  Search,  // A comparison that is to find nothing: what is still as it was written has survived the drive's erase.
};
enum class StepRole : std::uint8_t { Erase, Image, Finish };  // Which part of the proof it belongs to.
template <>
struct EnumNames<StepKind> {
  static constexpr std::array<std::string_view, 7> names{"write",   "compare",        "require", "repair",
                                                         "uncover", "erase-by-drive", "search"};
};
constexpr bool writes(StepKind kind) { return kind == StepKind::Write || kind == StepKind::Repair; }
template <>
struct EnumNames<StepRole> {
  static constexpr std::array<std::string_view, 3> names{"erase", "image", "finish"};
};

struct Step {
  StepKind kind = StepKind::Write;
  StepRole role = StepRole::Erase;
  std::string content;      // Name for Contents; of an overlay if is_overlay.
  bool is_overlay = false;  // Made from the drive, saved on the stick before its first byte.
  OverlayPart part = OverlayPart::Whole;
  unsigned sample_percent = 100;  // Of a Compare.
  Phrase what;

  static constexpr auto fields() {
    return std::tuple{field("kind", &Step::kind),       field("role", &Step::role),
                      field("content", &Step::content), field("is_overlay", &Step::is_overlay),
                      field("part", &Step::part),       field("sample_percent", &Step::sample_percent),
                      field("what", &Step::what)};
  }
  bool operator==(const Step&) const = default;
};

// Where a method ends with a pattern that looks the same everywhere, a bridge that wraps addresses would read back well.
// So each block beside the places where addresses wrap is written with its own number first, and all of them are read
// back. The content is called "stamps-28-31" on a drive of more than 2^31 blocks.
inline constexpr std::string_view kStampContent = "stamps-";
inline bool is_stamp(const Step& step) { return step.content.starts_with(kStampContent); }
// Random blocks all over the drive, written and read back before it erases itself, searched before we write anything.
inline constexpr std::string_view kCanaryContent = "canaries";
inline bool is_canary(const Step& step) { return step.content == kCanaryContent; }
inline bool is_pass(const Step& step) {
  return step.kind == StepKind::Write && step.role == StepRole::Erase && !is_stamp(step) && !is_canary(step);
}

// The names of the finishing steps' contents: one overlay in two writes, LBA 0 last, and compared as a whole.
inline constexpr std::string_view kImageContent = "image";
inline constexpr std::string_view kFinishOverlay = "finish";
inline constexpr std::string_view kTrialEndOverlay = "trial-end";  // Takes a trial's service and its traces away.
inline constexpr std::string_view kUnbootOverlay =
    "unboot";  // deploy --not-erased: old tables go first, so that it never boots half done.

struct Plan {
  std::string number;
  DriveFacts drive;
  std::string method;  // Name of the row; "none" without an erase.
  Verify verify = Verify::Full;
  std::string image;          // Name, or empty.
  std::string image_sha256;   // Of its manifest.
  std::string erased_in_run;  // Without an erase of its own: the earlier run that erased the drive.
  bool deploys_unerased = false;
  std::optional<bool> trial;     // Nothing: of a version that knew no trials.
  std::optional<Speeds> speeds;  // As expected when the plan was made.
  std::vector<Sentence> reserves_allowed;
  std::vector<Step> steps;
  std::vector<Phrase> reasons;

  static constexpr auto fields() {
    return std::tuple{field("number", &Plan::number),
                      field("drive", &Plan::drive),
                      field("method", &Plan::method),
                      field("verify", &Plan::verify),
                      field("image", &Plan::image),
                      field("image_sha256", &Plan::image_sha256),
                      field("erased_in_run", &Plan::erased_in_run),
                      field("deploys_unerased", &Plan::deploys_unerased),
                      field("trial", &Plan::trial),
                      field("speeds", &Plan::speeds),
                      field("reserves_allowed", &Plan::reserves_allowed),
                      field("steps", &Plan::steps),
                      field("reasons", &Plan::reasons)};
  }
  bool operator==(const Plan&) const = default;

  bool wants_trial() const { return trial.value_or(false); }
};

// As large as planned; where it is to be uncovered, anything from there to the most that it has: the power may have gone
// between the command and the line that tells of it.
bool has_planned_size(const Plan& plan, const DriveFacts& now);

// Why a drive may not be a target whatever is asked for: mounted, swap, held, own stick, read-only, blocks of another size.
Result<void> refuse_unfit_drive(const DriveFacts& drive);

// Refused (Errc::Refused, nothing was done) with a STOP number: an unfit drive, external without the policy's leave or
// without the operator naming it, too small, unknown method, not erased.
Result<Plan> make_plan(const DriveFacts& drive, const Policy& policy, const PlanRequest& request);

// The steps of an erase by this method, in their order.
std::vector<Step> erase_steps(const DriveFacts& drive, const Policy& policy, const Method& method, Verify verify);

// Once the trial of that plan's system is over, its service leaves the same drive.
Plan make_trial_end_plan(const Plan& deployed);

// A right to write to one drive. Sealed: made by confirm() only; moved, not copied.
class Confirmation {
 public:
  const Plan& plan() const { return plan_; }
  Confirmation(Confirmation&&) = default;
  Confirmation& operator=(Confirmation&&) = default;

 private:
  friend Result<Confirmation> confirm(Plan plan, const DriveFacts& now, std::string_view typed);
  friend Result<Confirmation> confirm_uncovered(Confirmation before, const DriveFacts& now);
  explicit Confirmation(Plan plan) : plan_(std::move(plan)) {}
  Plan plan_;
};

// The drive as it is now must still be the drive of the plan, unused, and `typed` its confirm word. Resuming passes the
// journal's plan with its own word: the line was written after somebody had typed it.
Result<Confirmation> confirm(Plan plan, const DriveFacts& now, std::string_view typed);

// The same right over the same drive, which shows more of itself now: what was agreed to is the whole drive.
Result<Confirmation> confirm_uncovered(Confirmation before, const DriveFacts& now);

}  // namespace relance
