#pragma once
// What can happen to the screens, and what they can ask for. An intent is a value that tui/session carries out; its answer
// comes back as a message.

#include <string>
#include <variant>
#include <vector>

#include "tui/model/key.h"
#include "tui/model/meter.h"
#include "tui/model/outcome.h"

namespace relance {

struct Size {
  int columns = 80;
  int rows = 25;
  bool operator==(const Size&) const = default;
};

struct DriveSample {  // One drive's job, ten times a second.
  std::string drive;
  JobSample sample;
  bool ended = false;
  bool stalled = false;
};

struct DriveChoice {
  DriveFacts drive;
  std::optional<Stop> refusal;  // Why it cannot be a target.
  bool chosen = false;
};

namespace message {

struct KeyPressed {
  Key key;
};
struct Resized {
  Size size;
};
struct Tick {
  Moment now;
  std::int64_t local_clock_s = 0;  // The PC's clock plus its offset from UTC: for HH:MM only.
  std::vector<DriveSample> drives;
  bool stick_is_away = false;  // It has refused what the running job had to tell.
  bool on_battery = false;     // While a job runs.
};
struct KeyOpened {};  // The passphrase was right.
struct DrivesFound {
  std::vector<DriveChoice> drives;
  bool may_be_more = false;  // Drivers are still being loaded.
};
struct OpenRunFound {
  std::string run;
  Plan plan;
  unsigned percent = 0;
};
struct TrialCollecting {
  Plan plan;
};  // A system that was deployed here may have been started: its result is looked for, and then taken off the disk.
struct TrialAwaited {  // A system that was deployed here has not been started yet.
  Plan plan;
  std::string word;
};
struct NoOpenRun {
  std::string done_before;          // The number under which this stick has finished a drive that is here; empty: none.
  std::string next_number;          // Of the profile's list; empty: it has none.
  bool are_numbers_used = false;    // It had some.
  bool have_drives_settled = true;  // The same drives as at the last look; while drivers load, more may come.
};
struct Planned {
  std::vector<Plan> plans;
};
struct Started {
  std::vector<Plan> plans;
  std::vector<std::vector<std::uint64_t>> step_bytes;
};  // Jobs run now; drive i has the tag i + 1.
struct InspectionStarted {
  Plan plan;  // One step, which compares.
  std::vector<std::uint64_t> step_bytes;
};
struct Inspected {
  Verification found;
};
struct Ended {
  std::vector<DriveOutcome> outcomes;
  bool saved = true;
  std::string run = {};  // Its name, to go on with it.
};  // Not saved: the stick does not take the proof yet.
struct Refused {
  Error error;
};  // The last intent was not carried out.

}  // namespace message

using Message = std::variant<message::KeyPressed, message::Resized, message::Tick, message::KeyOpened,
                             message::DrivesFound, message::OpenRunFound, message::TrialCollecting,
                             message::TrialAwaited, message::NoOpenRun, message::Planned, message::Started,
                             message::InspectionStarted, message::Inspected, message::Ended, message::Refused>;

namespace intent {

struct OpenKey {
  std::string passphrase;
};
struct LookForOpenRun {};
struct LookForDrives {};
struct MakePlans {
  std::string number;
  std::vector<std::string> paths;
};
struct StartJobs {
  std::vector<Plan> plans;
  std::string typed;
};  // `typed`: the last digits of the label.
struct StartInspection {
  std::string path;
};
struct ResumeRun {
  std::string run;
};
struct CancelJobs {};
struct SaveAgain {};
struct Leave {
  ExitCode exit = ExitCode::Done;
  std::string trial_word = {};  // The PC shall start the system of that trial next; empty: none.
};

}  // namespace intent

using Intent =
    std::variant<intent::OpenKey, intent::LookForOpenRun, intent::LookForDrives, intent::MakePlans, intent::StartJobs,
                 intent::StartInspection, intent::ResumeRun, intent::CancelJobs, intent::SaveAgain, intent::Leave>;

}  // namespace relance
