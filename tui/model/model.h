#pragma once
// All that the screens know. Pure: no terminal, no clock, no thread; update() is the only thing that changes it.

#include "tui/model/at_end.h"
#include "tui/model/message.h"

namespace relance {

// Named as scripts see them in the file of RELANCE_SCREENS.
enum class ScreenName : std::uint8_t { Passphrase, Number, List, Plan, Confirm, Resume, Running, Done, Stop, Trial };
template <>
struct EnumNames<ScreenName> {
  static constexpr std::array<std::string_view, 10> names{"passphrase", "number",  "list", "plan", "confirm",
                                                          "resume",     "running", "done", "stop", "trial"};
};

struct JobRow {
  Plan plan;
  Meter meter;
  bool ended = false;
  bool stalled = false;
};

struct OpenRun {
  std::string run;
  Plan plan;
  unsigned percent = 0;
};

// What the screens are for.
enum class Purpose : std::uint8_t {
  Work,
  Practice,  // The same, on a simulated PC.
  Inspect    // Reading a drive. Nothing can be started that writes.
};

struct Model {
  Purpose purpose = Purpose::Work;
  std::string version;
  Language language = Language::French;
  std::string workshop;
  std::string number_prefix = "DEF";
  bool autopilot = false;
  AtEnd at_end = AtEnd::Wait;

  Size size;
  ScreenName screen = ScreenName::Passphrase;
  std::int64_t local_clock_s = 0;
  Moment now{};
  Moment started_at{};
  std::u32string typed;
  std::optional<Stop> complaint;  // About what was typed: the screen stays.
  bool waiting = false;           // An intent is being carried out; keys wait for its answer.
  bool cancelling = false;
  std::optional<Moment> acts_at;  // When the screen goes on by itself; a key stops that.
  bool stick_is_away = false;
  bool on_battery = false;

  std::string number;
  std::string done_before;  // This stick has finished a drive of this PC under that number.
  bool is_out_of_numbers = false;
  std::vector<DriveChoice> drives;
  bool may_be_more_drives = false;  // Drivers are still being loaded.
  std::size_t cursor = 0;           // In `drives`.
  std::vector<Plan> plans;
  std::optional<OpenRun> open_run;
  bool wants_no_open_run = false;  // The person has said no to it.
  std::optional<message::TrialAwaited> trial;
  std::vector<JobRow> jobs;
  std::vector<DriveOutcome> outcomes;
  bool saved = true;
  unsigned stick_returns = 0;  // How often a job went on because the stick had come back.
  std::optional<Verification> inspection;
  bool cannot_start = false;
  std::optional<Error> stop;  // What the Stop screen says when there is no outcome.
};

struct Update {
  Model model;
  std::vector<Intent> intents;
};

// The first intents: an opened key needs no passphrase screen.
Update start_screens(Model model, bool key_is_open);
Update update(Model model, const Message& message);

// Screens that say why nothing can begin: a profile with an error.
Update refuse_to_start(Model model, Error error);

// How many digits of the label start the work.
inline constexpr std::size_t kConfirmDigits = 3;
std::string confirm_digits(std::string_view number);  // Empty: it has fewer.
bool is_confirmed_by(std::string_view typed, std::string_view number);

// Whole seconds until the screen goes on by itself.
std::optional<std::int64_t> seconds_to_act(const Model& model);

// Of the system that the PC is to start next; empty: none.
std::string trial_word_of(const Model& model);

// The exit code that leaving now has.
ExitCode exit_code(const Model& model);

}  // namespace relance
