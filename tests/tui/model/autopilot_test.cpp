// What the screens do without a key. No clock: time is a Tick.
#include "tui/model/autopilot.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

constexpr Key kEnter{KeyName::Enter, 0};
constexpr Key kSpace{KeyName::Letter, U' '};

DriveFacts drive_at(const std::string& path, Bus bus) {
  DriveFacts drive;
  drive.path = path;
  drive.identity.serial = "S" + path;
  drive.geometry = {1000, 512, 512};
  drive.bus = bus;
  drive.medium = Medium::Rotating;
  drive.confirm_word = drive.identity.serial;
  return drive;
}

Plan a_plan() {
  PlanRequest request;
  request.number = "DEF-04217-8";
  return make_plan(drive_at("/dev/sda", Bus::Ata), Policy{}, request).value();
}

Model armed_model() {
  Model model;
  model.autopilot = true;
  model.at_end = AtEnd::PowerOff;
  model.now = Moment{std::chrono::seconds(100)};
  return model;
}

Update at_second(Model model, int second) {
  return update(std::move(model), message::Tick{Moment{std::chrono::seconds(second)}, 0, {}});
}

template <class T>
const T* only_intent(const Update& update) {
  return update.intents.size() == 1 ? std::get_if<T>(&update.intents[0]) : nullptr;
}

DriveOutcome outcome(ExitCode exit, Stop stop = Stop::Unspecified) {
  DriveOutcome outcome;
  outcome.drive = "1";
  outcome.plan = a_plan();
  outcome.exit = exit;
  if (exit != ExitCode::Done) outcome.error = Error{Errc::Io, stop, ""};
  return outcome;
}

TEST_SUITE("autopilot") {
  TEST_CASE("a number of the list looks for drives; a PC that this stick has done waits for a person") {
    const Update next = update(armed_model(), message::NoOpenRun{"", "DEF-04217-8"});
    CHECK(only_intent<intent::LookForDrives>(next) != nullptr);
    CHECK(next.model.number == "DEF-04217-8");

    const Update done = update(armed_model(), message::NoOpenRun{"DEF-04217-8", "DEF-04218-5"});
    CHECK(done.intents.empty());
    CHECK(done.model.done_before == "DEF-04217-8");

    Model unarmed = armed_model();
    unarmed.autopilot = false;
    CHECK(update(unarmed, message::NoOpenRun{"", "DEF-04217-8"}).intents.empty());
  }

  TEST_CASE("while drivers load it looks again for an interrupted job, and takes no number yet") {
    Model model = armed_model();
    model.screen = ScreenName::Number;
    model.started_at = model.now;
    const Update early = update(model, message::NoOpenRun{"", "DEF-04217-8", false, false});
    CHECK(early.intents.empty());
    const Update again = at_second(early.model, 102);
    CHECK(only_intent<intent::LookForOpenRun>(again) != nullptr);
    const Update found = update(again.model, message::OpenRunFound{"run", a_plan(), 40});
    CHECK(only_intent<intent::ResumeRun>(found) != nullptr);

    Model typing = early.model;
    typing = update(typing, message::KeyPressed{{KeyName::Letter, U'4'}}).model;
    CHECK(at_second(typing, 102).intents.empty());
    CHECK(only_intent<intent::LookForOpenRun>(at_second(early.model, 1000)) != nullptr);
    Model unarmed = early.model;
    unarmed.autopilot = false;
    CHECK(at_second(unarmed, 161).intents.empty());
  }

  TEST_CASE("it takes the internal drives that may be targets, and no other") {
    const DriveChoice internal{drive_at("/dev/sda", Bus::Ata), std::nullopt, false};
    const DriveChoice mounted{drive_at("/dev/sdb", Bus::Ata), Stop::DriveMounted, false};
    const DriveChoice external{drive_at("/dev/sdc", Bus::Usb), std::nullopt, false};
    const auto looked_twice = [](Model model, std::vector<DriveChoice> drives) {
      const Update once = update(std::move(model), message::DrivesFound{drives});
      CHECK(once.intents.empty());
      CHECK(once.model.screen == ScreenName::List);
      CHECK(only_intent<intent::LookForDrives>(at_second(once.model, 102)) != nullptr);
      return update(once.model, message::DrivesFound{drives});
    };
    const Update found = looked_twice(armed_model(), {internal, mounted, external});
    REQUIRE(only_intent<intent::MakePlans>(found) != nullptr);
    CHECK(only_intent<intent::MakePlans>(found)->paths == std::vector<std::string>{"/dev/sda"});

    CHECK(looked_twice(armed_model(), {mounted, external}).intents.empty());
  }

  TEST_CASE("while drives still appear it waits; a key leaves the choice to the person") {
    const DriveChoice one{drive_at("/dev/sda", Bus::Ata), std::nullopt, false};
    const DriveChoice two{drive_at("/dev/sdb", Bus::Ata), std::nullopt, false};
    const Update first = update(armed_model(), message::DrivesFound{{one}});
    const Update second = update(first.model, message::DrivesFound{{one, two}});
    CHECK(second.intents.empty());
    const Update third = update(second.model, message::DrivesFound{{one, two}});
    CHECK(only_intent<intent::MakePlans>(third)->paths.size() == 2);

    const Model stopped = update(second.model, message::KeyPressed{kSpace}).model;
    CHECK(update(stopped, message::DrivesFound{{one, two}}).intents.empty());
  }

  TEST_CASE("a list that is looked at again keeps what was chosen") {
    Model model;
    const DriveChoice one{drive_at("/dev/sda", Bus::Ata), std::nullopt, false};
    const DriveChoice two{drive_at("/dev/sdb", Bus::Ata), std::nullopt, false};
    const DriveChoice three{drive_at("/dev/sdc", Bus::Ata), std::nullopt, false};
    model = update(model, message::DrivesFound{{two, three}}).model;
    model = update(model, message::KeyPressed{{KeyName::Down, 0}}).model;
    model = update(model, message::KeyPressed{kSpace}).model;
    model = update(model, message::DrivesFound{{one, two, three}}).model;
    CHECK(model.cursor == 2);
    CHECK(model.drives[2].chosen);
    CHECK_FALSE(model.drives[1].chosen);
  }

  TEST_CASE("the plan is shown for five seconds; a key stops the start, and nothing starts then") {
    const Model shown = update(armed_model(), message::Planned{{a_plan()}}).model;
    CHECK(shown.screen == ScreenName::Plan);
    CHECK(seconds_to_act(shown) == 5);
    CHECK(at_second(shown, 104).intents.empty());
    Model with_number = shown;
    with_number.number = "DEF-04217-8";
    const Update started = at_second(with_number, 105);
    REQUIRE(only_intent<intent::StartJobs>(started) != nullptr);
    CHECK(only_intent<intent::StartJobs>(started)->typed == "178");

    const Update stopped = update(with_number, message::KeyPressed{kSpace});
    CHECK_FALSE(seconds_to_act(stopped.model).has_value());
    CHECK(at_second(stopped.model, 200).intents.empty());
  }

  TEST_CASE("without the autopilot a plan waits for ever") {
    Model model = armed_model();
    model.autopilot = false;
    const Update shown = update(model, message::Planned{{a_plan()}});
    CHECK(at_second(shown.model, 100000).intents.empty());
  }

  TEST_CASE("a finished job leaves by itself if the profile says so; one that failed stays") {
    const Update done = update(armed_model(), message::Ended{{outcome(ExitCode::Done)}, true});
    CHECK(done.model.screen == ScreenName::Done);
    CHECK(only_intent<intent::Leave>(at_second(done.model, 110)) != nullptr);

    Model waits = armed_model();
    waits.at_end = AtEnd::Wait;
    const Update waiting = update(waits, message::Ended{{outcome(ExitCode::Done)}, true});
    CHECK(at_second(waiting.model, 100000).intents.empty());

    const Update failed = update(armed_model(), message::Ended{{outcome(ExitCode::Failed, Stop::ReadErrors)}, true});
    CHECK(at_second(failed.model, 100000).intents.empty());
  }

  TEST_CASE(
      "what the stick did not take is offered again, whatever key is pressed; and the job goes on with the stick") {
    const DriveOutcome waits_for_stick = outcome(ExitCode::Interrupted, Stop::StickGone);
    const Update unsaved = update(armed_model(), message::Ended{{waits_for_stick}, false});
    CHECK(unsaved.model.screen == ScreenName::Stop);
    const Model after_key = update(unsaved.model, message::KeyPressed{kSpace}).model;
    CHECK(only_intent<intent::SaveAgain>(at_second(after_key, 102)) != nullptr);
    CHECK(only_intent<intent::SaveAgain>(update(unsaved.model, message::KeyPressed{kEnter})) != nullptr);

    const Update saved = update(unsaved.model, message::Ended{{waits_for_stick}, true, "20261122-1"});
    REQUIRE(only_intent<intent::ResumeRun>(saved) != nullptr);
    CHECK(only_intent<intent::ResumeRun>(saved)->run == "20261122-1");
    Model cancelled = unsaved.model;
    cancelled.cancelling = true;
    CHECK(update(cancelled, message::Ended{{waits_for_stick}, true}).intents.empty());
  }

  TEST_CASE("a stick that comes back and fails again and again is asked no more in the end") {
    Model model = armed_model();
    const message::Ended ended{{outcome(ExitCode::Interrupted, Stop::StickGone)}, true};
    int rounds = 0;
    for (; rounds < 1000 && !update(model, ended).intents.empty(); ++rounds) model = update(model, ended).model;
    CHECK(rounds < 100);
  }
}

TEST_SUITE("looking without writing") {
  TEST_CASE("no key leads from the list of drives to a plan") {
    Model model;
    model.purpose = Purpose::Inspect;
    const Update first = start_screens(model, false);
    CHECK(only_intent<intent::LookForDrives>(first) != nullptr);
    const DriveChoice drive{drive_at("/dev/sda", Bus::Ata), std::nullopt, false};
    const Model list = update(first.model, message::DrivesFound{{drive}}).model;
    CHECK(list.screen == ScreenName::List);
    const Update entered = update(list, message::KeyPressed{kEnter});
    CHECK(only_intent<intent::StartInspection>(entered) != nullptr);
    CHECK(update(list, message::KeyPressed{kSpace}).model.drives[0].chosen == false);
    CHECK(update(list, message::KeyPressed{{KeyName::Escape, 0}}).model.screen == ScreenName::List);
  }
}

}  // namespace
}  // namespace relance
