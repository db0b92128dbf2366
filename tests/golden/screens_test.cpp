#include "tests/support/golden.h"
#include "tui/view/view.h"

namespace relance {
namespace {

constexpr std::int64_t kFiveToEleven = 10 * 3600 + 55 * 60;

DriveFacts samsung() {
  DriveFacts drive;
  drive.path = "/dev/sda";
  drive.identity = {"Samsung SSD 870 EVO 500GB", "S62ANJ0R512345", SerialSource::Drive, "", "SVT01B6Q"};
  drive.geometry = {976773168, 512, 512};
  drive.bus = Bus::Ata;
  drive.medium = Medium::Flash;
  drive.findings = {{"gpt", "", 0, 0}, {"ntfs", "Société Générale", 0, 0}};
  drive.confirm_word = drive.identity.serial;
  return drive;
}

DriveFacts hitachi() {
  DriveFacts drive;
  drive.path = "/dev/sdb";
  drive.identity = {"Hitachi HDS721032CLA362", "JPC370HN0A1B2C", SerialSource::Drive, "", "JP2OA3MA"};
  drive.geometry = {625142448, 512, 512};
  drive.bus = Bus::Ata;
  drive.medium = Medium::Rotating;
  drive.confirm_word = drive.identity.serial;
  return drive;
}

DriveFacts card() {
  DriveFacts drive;
  drive.path = "/dev/sdc";
  drive.identity.model = "Storage Device";
  drive.geometry = {31116288, 512, 512};
  drive.bus = Bus::Usb;
  drive.medium = Medium::Flash;
  return drive;
}

Plan plan_of(const DriveFacts& drive, bool with_image) {
  PlanRequest request;
  request.number = "DEF-04217-8";
  if (with_image) request.image = ImageNeeds{"xubuntu-64", "", 8000000000};
  Result<Plan> plan = make_plan(drive, Policy{}, request);
  REQUIRE(plan.ok());
  return std::move(plan).value();
}

DriveOutcome outcome_of(const DriveFacts& drive, ExitCode exit, VerdictKind kind, std::vector<Phrase> reasons) {
  DriveOutcome outcome;
  outcome.drive = "1";
  outcome.plan = plan_of(drive, false);
  outcome.exit = exit;
  outcome.verdict = Verdict{kind, std::move(reasons)};
  outcome.certificate =
      "CERTIFICATS/2026-02/DEF-04217-8_" + drive.identity.serial + "_" + std::string(name_of(kind)) + ".json";
  return outcome;
}

Model at(ScreenName screen) {
  Model model;
  model.workshop = "Atelier d’Évry";
  model.screen = screen;
  model.local_clock_s = kFiveToEleven;
  model.number = "DEF-04217-8";
  return model;
}

void check_screen(const std::string& name, Model model) {
  for (const Language language : {Language::French, Language::English}) {
    for (const Size size : {Size{80, 25}, Size{100, 37}, Size{160, 50}}) {
      model.language = language;
      const Screen screen = view(model, size);
      const std::string file = name + "." + std::string(name_of(language)) + "." + std::to_string(size.columns) + "x" +
                               std::to_string(size.rows);
      check_golden("screens/" + file + ".txt", screen.to_text());
    }
  }
}

TEST_SUITE("screens") {
  TEST_CASE("passphrase") {
    Model model = at(ScreenName::Passphrase);
    model.number.clear();
    model.typed = U"correct horse";
    check_screen("passphrase", model);

    model.typed.clear();
    model.complaint = Stop::KeyPassphrase;
    check_screen("passphrase-wrong", model);
  }

  TEST_CASE("number, typed without Shift on AZERTY") {
    Model model = at(ScreenName::Number);
    model.number.clear();
    model.typed = U"à'éà";
    check_screen("number", model);

    model.typed.clear();
    model.complaint = Stop::WrongNumber;
    check_screen("number-wrong", model);
  }

  TEST_CASE("list") {
    Model model = at(ScreenName::List);
    DriveFacts mounted = hitachi();
    mounted.identity.model = "A drive whose maker found that the name of a product may have many words";
    model.drives = {{samsung(), std::nullopt, true},
                    {hitachi(), std::nullopt, false},
                    {card(), Stop::DriveExternal, false},
                    {mounted, Stop::DriveMounted, false}};
    model.cursor = 1;
    check_screen("list", model);

    model.drives = {{card(), Stop::OwnStick, false}};
    model.cursor = 0;
    check_screen("list-nothing", model);
    model.may_be_more_drives = true;
    check_screen("list-nothing-yet", model);
  }

  TEST_CASE("plan and confirm") {
    Model model = at(ScreenName::Plan);
    model.plans = {plan_of(samsung(), true)};
    check_screen("plan", model);

    model.plans.push_back(plan_of(hitachi(), false));
    check_screen("plan-two", model);

    model.screen = ScreenName::Confirm;
    model.typed = U"17";
    check_screen("confirm", model);
  }

  TEST_CASE("resume") {
    Model model = at(ScreenName::Resume);
    model.open_run = OpenRun{"run", plan_of(samsung(), true), 63};
    check_screen("resume", model);
  }

  TEST_CASE("running") {
    Model model = at(ScreenName::Running);
    const std::uint64_t size = samsung().geometry.size_bytes();
    Meter meter({size, size, 0, 4000000000, 4000000000, 50000000, 50000000});
    meter.add(Moment{}, {0, size / 2, size, 0});
    meter.add(Moment{std::chrono::seconds(10)}, {0, size / 2 + 4500000000, size, 0});
    model.jobs = {{plan_of(samsung(), true), meter, false, false}};
    check_screen("running", model);

    Meter done({1, 1});
    Meter slow({hitachi().geometry.size_bytes(), hitachi().geometry.size_bytes()});
    slow.add(Moment{}, {1, 9000000000, hitachi().geometry.size_bytes(), 14});
    model.jobs = {{plan_of(samsung(), false), done, true, false}, {plan_of(hitachi(), false), slow, false, true}};
    model.cancelling = true;
    check_screen("running-stalled", model);
  }

  TEST_CASE("done") {
    Model model = at(ScreenName::Done);
    model.outcomes = {outcome_of(samsung(), ExitCode::Done, VerdictKind::Erased, {{Sentence::ReasonAllRead, {}}})};
    check_screen("done", model);

    model.outcomes = {
        outcome_of(samsung(), ExitCode::Reserve, VerdictKind::ErasedWithReserve, {{Sentence::ReasonSampled, {"10"}}})};
    model.outcomes[0].interruptions = 1;
    check_screen("done-reserve", model);
  }

  TEST_CASE("the trial start: announced, asked for, done") {
    Model model = at(ScreenName::Done);
    model.outcomes = {outcome_of(samsung(), ExitCode::Done, VerdictKind::Erased, {{Sentence::ReasonAllRead, {}}})};
    model.outcomes[0].trial_word = "0123456789abcdef";
    model.acts_at = Moment{std::chrono::seconds(10)};
    check_screen("done-trial-next", model);

    model.acts_at.reset();
    model.outcomes[0].trial_word.clear();
    model.outcomes[0].trial = {{"screen", TrialOutcome::Pass, "VGA-1 1024x768"},
                               {"sound", TrialOutcome::Fail, "no driver"},
                               {"camera", TrialOutcome::Absent, ""},
                               {"disk", TrialOutcome::Pass, "11800 MB"}};
    check_screen("done-trial", model);

    model = at(ScreenName::Trial);
    model.trial = message::TrialAwaited{plan_of(samsung(), true), "0123456789abcdef"};
    check_screen("trial", model);
    model.waiting = true;
    check_screen("trial-collecting", model);
  }

  TEST_CASE("stop") {
    Model model = at(ScreenName::Stop);
    model.outcomes = {
        outcome_of(hitachi(), ExitCode::Failed, VerdictKind::Failed, {{Sentence::ReasonNotRead, {"14"}}})};
    model.outcomes[0].error = Error{Errc::Io, Stop::ReadErrors, ""};
    check_screen("stop", model);

    model.saved = false;
    model.outcomes[0].error = Error{Errc::Io, Stop::StickFull, ""};
    check_screen("stop-unsaved", model);

    model.outcomes.clear();
    model.saved = true;
    model.stop = Error{Errc::Refused, Stop::DriveTooSmall, ""};
    check_screen("stop-refused", model);
  }

  TEST_CASE("an armed stick: what goes on by itself says so") {
    Model model = at(ScreenName::Plan);
    model.plans = {plan_of(samsung(), true)};
    model.autopilot = true;
    model.acts_at = Moment{std::chrono::seconds(4)};
    check_screen("plan-armed", model);

    model = at(ScreenName::Done);
    model.outcomes = {outcome_of(samsung(), ExitCode::Done, VerdictKind::Erased, {{Sentence::ReasonAllRead, {}}})};
    model.at_end = AtEnd::PowerOff;
    model.acts_at = Moment{std::chrono::seconds(10)};
    check_screen("done-armed", model);

    model = at(ScreenName::Number);
    model.number.clear();
    model.version = "1.0";
    model.done_before = "DEF-04217-8";
    check_screen("number-done-before", model);
  }

  TEST_CASE("the stick is away, and what pulling it costs") {
    Model model = at(ScreenName::Running);
    const std::uint64_t size = samsung().geometry.size_bytes();
    Meter meter({size, size, 0, 4000000000, 4000000000, 50000000, 50000000});
    meter.add(Moment{}, {3, 1000000000, 4000000000, 0});
    model.jobs = {{plan_of(samsung(), true), meter, false, false}};
    check_screen("running-image", model);
    model.stick_is_away = true;
    check_screen("running-stick-away", model);
    model.stick_is_away = false;
    model.on_battery = true;
    check_screen("running-on-battery", model);
  }

  TEST_CASE("looking without writing") {
    Model model = at(ScreenName::List);
    model.purpose = Purpose::Inspect;
    model.number.clear();
    model.drives = {{samsung(), std::nullopt, false}, {card(), Stop::DriveExternal, false}};
    check_screen("inspect-list", model);

    model.screen = ScreenName::Done;
    Verification found{.drive = samsung(), .content = "zero", .blocks_wanted = 976773168, .is_complete = true};
    found.differing.add({2048, 17});
    found.equal = found.differing.complement(samsung().geometry.whole());
    model.inspection = found;
    check_screen("inspect-other", model);
    found.differing = {};
    found.equal = ExtentSet{samsung().geometry.whole()};
    model.inspection = found;
    check_screen("inspect-zero", model);
  }

  TEST_CASE("practice says that it is") {
    Model model = at(ScreenName::Number);
    model.purpose = Purpose::Practice;
    model.number.clear();
    check_screen("practice-number", model);
  }

  TEST_CASE("a profile with an error is named with its line") {
    Model model = at(ScreenName::Stop);
    model.number.clear();
    model = refuse_to_start(model,
                            Error{Errc::Invalid, Stop::ProfileWrong,
                                  "relance.toml:12:10: method is \"magic\", which `relance plan --help` does not list"})
                .model;
    check_screen("stop-profile", model);
  }

  TEST_CASE("too small is a screen") {
    const Model model = at(ScreenName::Number);

    check_golden("screens/too-small.fr.40x10.txt", view(model, {40, 10}).to_text());
  }
}

}  // namespace
}  // namespace relance
