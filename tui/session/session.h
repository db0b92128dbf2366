#pragma once
// One machine's stay on the bench, for screens and subcommands alike: find the drives, plan, confirm, run, read the journal
// back from the stick, say what it proves. The one place where wiper meets imager.

#include "tui/model/message.h"
#include "tui/session/bench.h"
#include "tui/session/history.h"
#include "tui/session/images.h"
#include "tui/session/run.h"
#include "tui/session/stick_key.h"
#include "wiper/plan/estimate.h"

namespace relance {

// What is wanted for one or more drives. What is not said here, the profile says.
struct Order {
  std::vector<std::string> drives;  // Paths.
  std::string number;               // Empty: none; otherwise checked already.
  bool is_named = true;             // The drives were named by a person, not found.
  bool erase = true;
  std::optional<std::string> method;
  std::optional<Verify> verify;
  bool wants_image = false;
  std::string image_folder;  // Empty: the profile's, in IMAGES.
  bool image_may_be_unsigned = false;
  bool compares_image = true;
  bool trial = false;       // The deployed system is started once; or the profile says so.
  bool not_erased = false;  // Deploy whatever the drive holds.
};

struct NumbersHere {
  std::string done_before;  // The number under which the stick has finished one of the drives; empty: none.
  std::string next;         // Of the profile's list, that nobody has had yet; empty: none.
};

// A system that was deployed from this stick, on a drive that is here, and is to be started once.
struct AwaitedTrial {
  PastJob job;
  DriveFacts drive;
};

// A plan with what it needs beside it. With several drives the image goes on the first.
struct Planned {
  Plan plan;
  std::shared_ptr<const ImageFolder> image;  // Null: none.
  Estimate estimate;
};

enum class ImageNeed : std::uint8_t { Chunks, Hashes };  // To write what it holds, or only to compare.

class Session {
 public:
  // `profile_file` empty: the stick's relance.toml; a stick without one has the defaults.
  static Result<std::unique_ptr<Session>> open(Bench bench, const std::string& profile_file);
  // Without a profile: the careful choices. To say on screens why nothing can begin, and to read drives.
  static std::unique_ptr<Session> without_profile(Bench bench);

  const Profile& profile() const { return profile_; }
  Bench& bench() { return bench_; }
  Machine& machine() { return *bench_.machine; }
  Executor& executor() { return bench_.machine->executor(); }

  // All drives that are found, or those at the paths.
  Result<std::vector<DriveFacts>> drives(const std::vector<std::string>& paths);
  // Why it cannot be a target at all, for lists.
  std::optional<Stop> refusal(const DriveFacts& drive) const;

  // A stick's key is needed before anything is written: a proof that nobody can sign is none.
  Result<void> open_key(const std::string& passphrase);
  bool key_is_open() const { return key_ != nullptr; }

  Result<std::vector<Planned>> plan(const Order& order);
  // One confirm word a plan, in the same order. Nothing is written unless all of them are right.
  Result<std::unique_ptr<Run>> start(std::vector<Planned> plans, const std::vector<std::string>& typed);

  // The open jobs of drives that are here now; `drive`: of that one only. NothingToResume.
  Result<std::vector<PastJob>> resumable(const std::string& drive);
  // The same, without asking again for the drives that were just found.
  Result<std::vector<PastJob>> resumable_among(const std::vector<DriveFacts>& found);
  // `image_folder`: where the image lies now, if not in IMAGES.
  Result<std::unique_ptr<Run>> resume(std::vector<PastJob> jobs, const std::string& image_folder);

  // Runs that ended on this PC a moment before the power went, and have no certificate yet, get it now; their files. Nothing
  // without an open key.
  Result<std::vector<std::string>> certify_left_behind();

  // Of these drives.
  Result<std::vector<AwaitedTrial>> awaited_trials(const std::vector<DriveFacts>& drives);
  // What the system tried goes into the journal, its service off the disk, and a certificate takes the place of the first.
  // TrialAwaited: it has not been started yet, and nothing was done. Interrupted, it is taken up by the next call.
  Result<DriveOutcome> collect_trial(const AwaitedTrial& awaited);

  // For an armed stick: what its journals say of these drives, and of the profile's numbers.
  Result<NumbersHere> numbers_for(const std::vector<DriveFacts>& drives);

  // The very image of a plan that a journal holds; null if it has none. Hashes: without its files, if they are not there.
  Result<std::shared_ptr<const ImageFolder>> image_of(const Plan& plan, const std::string& image_folder,
                                                      ImageNeed need = ImageNeed::Chunks);

 private:
  Session(Bench bench, Profile profile) : bench_(std::move(bench)), profile_(std::move(profile)) {}

  Result<std::shared_ptr<const ImageFolder>> image_for(const Order& order);
  Result<Planned> plan_drive(const Order& order, const std::string& path, std::shared_ptr<const ImageFolder> image);
  Speeds speeds_of(const DriveFacts& drive);
  RunSetup run_setup(std::shared_ptr<Journal> journal) const;
  // That this stick is used on this PC.
  Result<void> enter_boot_once(const RunSetup& setup);
  Result<DriveFacts> find_drive(const Plan& plan);
  std::shared_ptr<Journal> open_journal(const std::string& run, const JournalText& so_far);

  Bench bench_;
  Profile profile_;
  std::shared_ptr<const StickKey> key_;
  std::shared_ptr<Ledger> ledger_;
  bool is_boot_entered_ = false;
};

}  // namespace relance
