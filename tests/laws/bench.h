#pragma once
// Plays whole stays of a machine on the bench: boots, jobs, power cuts, resumes, as the session does it, on a simulated
// PC. What comes out is what a law looks at: platters, the journal as it lies on the stick, and what came through to the
// drives.

#include <map>
#include <string>

#include "tests/laws/fake_image.h"
#include "tests/laws/first_life.h"
#include "wiper/job/supervisor.h"
#include "wiper/sim/simulated_machine.h"

namespace relance {

struct Target {  // A drive that is chosen.
  Geometry geometry{.block_count = 96};
  std::string method = "zero";
  Verify verify = Verify::Full;
  bool has_image = false;
  bool is_repaired = false;       // No erase: half of an image lies there already, and only what differs is written.
  std::vector<unsigned> wraps{};  // Where the plan looks for wrapped addresses, as powers of two.
  std::uint64_t wraps_at = 0;     // Where the drive wraps them; 0: it does not.
  std::optional<AtaTemper> firmware{};       // Of an ATA disk, whose platter is as large as the geometry says.
  std::optional<NvmeTemper> controller{};    // Of an NVMe drive.
  std::vector<EraseCommand> drive_erases{};  // What the drive may be told to do by itself.
  bool takes_reserve = false;                // The policy lets it be deployed though it was not read back whole.
};

struct ForeignWrite {
  std::size_t target = 0;
  LbaRange range;
};

// Somebody in front of the screen.
struct Person {
  std::size_t target = 0;
  nanoseconds after{0};
  nanoseconds pause{0};  // 0: cancels instead.
};

struct Boot {
  BootPlan plan{};                        // Its drives by target number.
  std::vector<ForeignWrite> foreign{};    // Before the boot, while our power was off.
  std::optional<std::size_t> replaced{};  // Before the boot another drive came in the place of this target.
  std::optional<Person> person{};
};

struct Stay {
  std::uint64_t seed = 1;
  std::vector<Target> targets{Target{}};
  unsigned workers = 2;
  std::uint64_t chunk_bytes = 4096;
  nanoseconds checkpoint_interval = std::chrono::milliseconds(2);
  bool image_compares_by_hash = true;
  std::uint64_t image_pulled_at = kAlways;  // The chunk.
  std::vector<Boot> boots{Boot{}};          // Then as many without faults as it takes, at most kMoreBoots.
  Trace::Keep trace = Trace::Keep::Hash;
};
inline constexpr std::size_t kMoreBoots = 3;

std::string to_text(const Stay& stay);

struct BootOutcome {
  std::uint64_t operations = 0;
  bool lost_power = false;                        // In the middle, by plan.
  std::vector<std::optional<RunEnded>> ends;      // By target; nothing: no job ran.
  std::vector<bool> began;                        // By target; a job was started.
  std::vector<SimulatedStick::Landing> landings;  // What came to the stick, and when.
  bool is_settled = false;                        // The whole journal is on the stick.
  std::vector<Bytes> platters;                    // By target, after the power had gone.
};

struct TargetOutcome {
  Target target;
  std::optional<Evidence> evidence;           // From the journal as it lies on the stick; nothing: the run never began.
  Bytes platter;                              // After the last power cut.
  std::vector<std::vector<Access>> accesses;  // By boot.
  bool was_replaced = false;
};

struct Outcome {
  std::vector<TargetOutcome> targets;
  std::vector<BootOutcome> boots;
  std::map<std::string, std::string> journal;  // Path and text of each copy.
  Result<JournalText> journal_text = JournalText{};
  std::vector<std::string> broken;  // Bystanders that changed or were opened, planned or not; and broken journals.
  std::uint64_t trace = 0;
  std::vector<std::string> trace_lines;
};

Outcome play(const Stay& stay);

std::string tag_of(std::size_t target);  // "1", "2"…

}  // namespace relance
