#include <doctest/doctest.h>

#include "tui/model/model.h"

namespace relance {
namespace {

constexpr Key kEnter{KeyName::Enter, 0};
constexpr Key kCtrlC{KeyName::Interrupt, 0};

Key letter(char32_t value) { return {KeyName::Letter, value}; }

DriveFacts drive_at(const std::string& path) {
  DriveFacts drive;
  drive.path = path;
  drive.identity.serial = "S" + path;
  drive.geometry = {1000, 512, 512};
  drive.bus = Bus::Ata;
  drive.medium = Medium::Rotating;
  drive.confirm_word = drive.identity.serial;
  return drive;
}

Plan plan_for(const std::string& path) {
  PlanRequest request;
  request.number = "DEF-04217-8";
  Result<Plan> plan = make_plan(drive_at(path), Policy{}, request);
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

// Keys one after the other; the intents of the last one.
Update typed(Model model, std::u32string_view text) {
  Update last{std::move(model), {}};
  for (const char32_t each : text) last = update(last.model, message::KeyPressed{letter(each)});
  return last;
}

Update pressed(Model model, Key key) { return update(model, message::KeyPressed{key}); }

Model at(ScreenName screen) {
  Model model;
  model.screen = screen;
  model.number = "DEF-04217-8";
  return model;
}

template <class T>
const T* only_intent(const Update& update) {
  return update.intents.size() == 1 ? std::get_if<T>(&update.intents[0]) : nullptr;
}

TEST_SUITE("update") {
  TEST_CASE("a right number asks for the drives, a wrong one stays with a sentence") {
    const Update right = pressed(typed(at(ScreenName::Number), U"042178").model, kEnter);
    CHECK(only_intent<intent::LookForDrives>(right) != nullptr);
    CHECK(right.model.number == "DEF-04217-8");

    const Update wrong = pressed(typed(at(ScreenName::Number), U"042179").model, kEnter);
    CHECK(wrong.intents.empty());
    CHECK(wrong.model.screen == ScreenName::Number);
    CHECK(wrong.model.complaint == Stop::WrongNumber);
    CHECK(wrong.model.typed.empty());
  }

  TEST_CASE("Backspace deletes") {
    const Model model = pressed(typed(at(ScreenName::Number), U"12").model, {KeyName::Backspace, 0}).model;

    CHECK(model.typed == U"1");
  }

  TEST_CASE("a single target needs no choice; among several the technician chooses") {
    const Update one = update(at(ScreenName::Number), message::DrivesFound{{{drive_at("/a"), std::nullopt, false}}});
    REQUIRE(only_intent<intent::MakePlans>(one) != nullptr);
    CHECK(only_intent<intent::MakePlans>(one)->paths == std::vector<std::string>{"/a"});

    const Update two = update(at(ScreenName::Number), message::DrivesFound{{{drive_at("/a"), Stop::OwnStick, false},
                                                                            {drive_at("/b"), std::nullopt, false},
                                                                            {drive_at("/c"), std::nullopt, false}}});
    CHECK(two.intents.empty());
    CHECK(two.model.screen == ScreenName::List);
    CHECK(!two.model.drives[1].chosen);
    const Model chosen = typed(pressed(typed(two.model, U" ").model, {KeyName::Down, 0}).model, U" ").model;
    const Update plans = pressed(chosen, kEnter);
    REQUIRE(only_intent<intent::MakePlans>(plans) != nullptr);
    CHECK(only_intent<intent::MakePlans>(plans)->paths == std::vector<std::string>{"/b", "/c"});
  }

  TEST_CASE("while drivers are loading, a single drive is not yet the only one") {
    const DriveChoice one{drive_at("/a"), std::nullopt, false};
    const Update early = update(at(ScreenName::Number), message::DrivesFound{{one}, true});
    CHECK(early.intents.empty());
    CHECK(early.model.screen == ScreenName::List);
    CHECK(!early.model.drives[0].chosen);

    CHECK(only_intent<intent::MakePlans>(update(early.model, message::DrivesFound{{one}})) != nullptr);
    const DriveChoice other{drive_at("/b"), std::nullopt, false};
    const Update two = update(early.model, message::DrivesFound{{one, other}});
    CHECK(two.intents.empty());
    CHECK(!two.model.drives[0].chosen);

    const Model chosen = typed(early.model, U" ").model;
    CHECK(update(chosen, message::DrivesFound{{one}}).model.screen == ScreenName::List);  // And it stays chosen.
    CHECK(update(chosen, message::DrivesFound{{one}}).model.drives[0].chosen);
  }

  TEST_CASE("a refused drive cannot be chosen") {
    Model model = at(ScreenName::List);
    model.drives = {{drive_at("/a"), Stop::DriveMounted, false}};

    const Update update = pressed(typed(model, U" ").model, kEnter);

    CHECK(update.intents.empty());
    CHECK(!update.model.drives[0].chosen);
  }

  TEST_CASE("Escape leads back one screen, to the list only where there was a choice") {
    Model model = at(ScreenName::Confirm);
    model.drives = {{drive_at("/a"), std::nullopt, true}};
    CHECK(pressed(pressed(model, {KeyName::Escape, 0}).model, {KeyName::Escape, 0}).model.screen == ScreenName::Number);

    model.drives.push_back({drive_at("/b"), std::nullopt, false});
    CHECK(pressed(pressed(model, {KeyName::Escape, 0}).model, {KeyName::Escape, 0}).model.screen == ScreenName::List);
  }

  TEST_CASE("only the last digits of the label start the work") {
    Model model = at(ScreenName::Confirm);
    model.plans = {plan_for("/a")};

    const Update right = pressed(typed(model, U"178").model, kEnter);
    const Update row = pressed(typed(model, U"&è_").model, kEnter);
    const Update wrong = pressed(typed(model, U"179").model, kEnter);
    const Update empty = pressed(model, kEnter);

    REQUIRE(only_intent<intent::StartJobs>(right) != nullptr);
    CHECK(only_intent<intent::StartJobs>(right)->typed == "178");
    CHECK(only_intent<intent::StartJobs>(row) != nullptr);
    CHECK(wrong.intents.empty());
    CHECK(wrong.model.complaint == Stop::WrongConfirmation);
    CHECK(empty.intents.empty());
  }

  TEST_CASE("Ctrl-C leaves with 0 before the work, and cancels it while it runs") {
    const Update before = pressed(at(ScreenName::Number), kCtrlC);
    REQUIRE(only_intent<intent::Leave>(before) != nullptr);
    CHECK(only_intent<intent::Leave>(before)->exit == ExitCode::Done);

    const Update during = pressed(at(ScreenName::Running), kCtrlC);
    CHECK(only_intent<intent::CancelJobs>(during) != nullptr);
    CHECK(during.model.cancelling);
  }

  TEST_CASE("an interrupted job waits for an answer, or resumes by itself") {
    Model model = at(ScreenName::Number);
    const Update asked = update(model, message::OpenRunFound{"run-1", plan_for("/a"), 63});
    CHECK(asked.model.screen == ScreenName::Resume);
    CHECK(asked.intents.empty());
    const Update yes = typed(asked.model, U"o");
    REQUIRE(only_intent<intent::ResumeRun>(yes) != nullptr);
    CHECK(only_intent<intent::ResumeRun>(yes)->run == "run-1");
    CHECK(typed(asked.model, U"n").model.screen == ScreenName::Number);

    model.autopilot = true;
    const Update alone = update(model, message::OpenRunFound{"run-1", plan_for("/a"), 63});
    CHECK(only_intent<intent::ResumeRun>(alone) != nullptr);
  }

  TEST_CASE("FINI only when the proof is on the stick and nothing failed") {
    DriveOutcome good;
    good.exit = ExitCode::Done;
    DriveOutcome bad;
    bad.exit = ExitCode::Failed;

    CHECK(update(at(ScreenName::Running), message::Ended{{good}, true}).model.screen == ScreenName::Done);
    CHECK(update(at(ScreenName::Running), message::Ended{{good, bad}, true}).model.screen == ScreenName::Stop);
    const Update unsaved = update(at(ScreenName::Running), message::Ended{{good}, false});
    CHECK(unsaved.model.screen == ScreenName::Stop);
    CHECK(only_intent<intent::SaveAgain>(pressed(unsaved.model, kEnter)) != nullptr);
  }

  TEST_CASE("a refusal before anything was written is a STOP that leads back to the number") {
    const Update refused = update(at(ScreenName::Number), message::Refused{{Errc::Refused, Stop::DriveTooSmall, ""}});
    CHECK(refused.model.screen == ScreenName::Stop);

    CHECK(pressed(refused.model, kEnter).model.screen == ScreenName::Number);
  }

  TEST_CASE("while a trial is collected keys wait, and what it finds decides the screen") {
    Update shown = update(at(ScreenName::Number), message::TrialCollecting{plan_for("/a")});
    CHECK(shown.model.screen == ScreenName::Trial);
    CHECK(shown.model.number == "DEF-04217-8");
    for (const Key key : {kEnter, letter(U'n')}) {
      const Update kept = pressed(shown.model, key);
      CHECK(kept.intents.empty());
      CHECK(kept.model.screen == ScreenName::Trial);
    }
    CHECK(trial_word_of(shown.model).empty());  // Nothing is started once more while nobody knows.

    const Update awaited = update(shown.model, message::TrialAwaited{plan_for("/a"), "0123456789abcdef"});
    CHECK_FALSE(awaited.model.waiting);
    CHECK(trial_word_of(awaited.model) == "0123456789abcdef");
    const Update refused = update(shown.model, message::Refused{{Errc::Io, Stop::TrialFailed, "no"}});
    CHECK(refused.model.screen == ScreenName::Stop);
    DriveOutcome collected;
    collected.exit = ExitCode::Done;
    CHECK(update(shown.model, message::Ended{{collected}, true, "run"}).model.screen == ScreenName::Done);
  }

  // Whatever is pressed, no job starts unless the last digits were typed on the confirm screen. (The whole of it: the monkey
  // of tui/view.)
  TEST_CASE("a hundred thousand stray keys start nothing") {
    static constexpr Key kKeys[] = {kEnter,
                                    {KeyName::Escape, 0},
                                    {KeyName::Backspace, 0},
                                    {KeyName::Up, 0},
                                    {KeyName::Down, 0},
                                    {KeyName::Letter, U'0'},
                                    {KeyName::Letter, U'4'},
                                    {KeyName::Letter, U'2'},
                                    {KeyName::Letter, U' '},
                                    {KeyName::Letter, U'o'},
                                    {KeyName::Letter, U'é'}};
    Model model = at(ScreenName::Confirm);
    model.drives = {{drive_at("/a"), std::nullopt, true}, {drive_at("/b"), std::nullopt, false}};
    model.plans = {plan_for("/a")};
    std::uint32_t state = 1;
    unsigned started = 0;
    for (unsigned i = 0; i < 100000; ++i) {
      state = state * 1664525 + 1013904223;
      Update next = update(model, message::KeyPressed{kKeys[(state >> 16) % std::size(kKeys)]});
      for (const Intent& intent : next.intents) started += std::holds_alternative<intent::StartJobs>(intent) ? 1 : 0;
      model = std::move(next.model);
      model.waiting = false;
      if (model.screen == ScreenName::Number) model.screen = ScreenName::Confirm;
    }
    CHECK(started == 0);
  }
}

}  // namespace
}  // namespace relance
