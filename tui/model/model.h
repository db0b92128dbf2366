#pragma once
// All that the screens know. Pure: no terminal, no clock, no thread; update() is the only thing that changes it.

#include "tui/model/message.h"

namespace relance {

// Named as scripts see them in the file of RELANCE_SCREENS.
enum class ScreenName : std::uint8_t { Passphrase, Number, List, Plan, Confirm, Resume, Running, Done, Stop };
template <>
struct EnumNames<ScreenName> {
  static constexpr std::array<std::string_view, 9> names{"passphrase", "number",  "list", "plan", "confirm",
                                                         "resume",     "running", "done", "stop"};
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

struct Model {
  Language language = Language::French;
  std::string workshop;
  std::string number_prefix = "DEF";
  bool autopilot = false;
  bool practice = false;

  Size size;
  ScreenName screen = ScreenName::Passphrase;
  std::int64_t local_clock_s = 0;
  Moment now{};
  std::u32string typed;
  std::optional<Stop> complaint;  // About what was typed: the screen stays.
  bool waiting = false;           // An intent is being carried out; keys wait for its answer.
  bool cancelling = false;

  std::string number;
  std::vector<DriveChoice> drives;
  std::size_t cursor = 0;  // In `drives`.
  std::vector<Plan> plans;
  std::optional<OpenRun> open_run;
  std::vector<JobRow> jobs;
  std::vector<DriveOutcome> outcomes;
  bool saved = true;
  std::optional<Error> stop;  // What the Stop screen says when there is no outcome.
};

struct Update {
  Model model;
  std::vector<Intent> intents;
};

// The first intents: an opened key needs no passphrase screen.
Update start_screens(Model model, bool key_is_open);
Update update(Model model, const Message& message);

// How many digits of the label start the work.
inline constexpr std::size_t kConfirmDigits = 3;
bool is_confirmed_by(std::string_view typed, std::string_view number);

// The exit code that leaving now has.
ExitCode exit_code(const Model& model);

}  // namespace relance
