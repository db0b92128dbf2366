#include "wiper/plan/plan.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "wiper/plan/machine_number.h"

namespace relance {
namespace {

DriveFacts rotating_disk() {
  DriveFacts drive;
  drive.path = "/dev/sda";
  drive.identity = {"ST500", "Z1", SerialSource::Drive, "", ""};
  drive.geometry = {.block_count = 1000000, .logical_bytes = 512, .physical_bytes = 4096};
  drive.bus = Bus::Ata;
  drive.medium = Medium::Rotating;
  drive.confirm_word = "Z1";
  return drive;
}

std::vector<std::string> steps_of(const Plan& plan) {
  std::vector<std::string> steps;
  for (const Step& step : plan.steps) steps.push_back(std::string(name_of(step.kind)) + " " + step.content);
  return steps;
}

TEST_SUITE("plan") {
  TEST_CASE("a rotating disk gets one pass of zeros and a full read-back") {
    const Plan plan = make_plan(rotating_disk(), {}, {}).value();
    CHECK(plan.method == "zero");
    CHECK(steps_of(plan) == std::vector<std::string>{"write constant-00", "compare constant-00"});
    CHECK(plan.steps[1].sample_percent == 100);
  }

  TEST_CASE("numbered blocks come before a pass that looks the same everywhere, at the places that the drive has") {
    DriveFacts drive = rotating_disk();
    CHECK(steps_of(make_plan(drive, {}, {}).value()).size() == 2);
    drive.geometry.block_count = std::uint64_t{1} << 28;
    CHECK(steps_of(make_plan(drive, {}, {}).value()).size() == 2);
    drive.geometry.block_count += 1;
    CHECK(steps_of(make_plan(drive, {}, {}).value()) ==
          std::vector<std::string>{"write stamps-28", "compare stamps-28", "write constant-00", "compare constant-00"});
    drive.geometry.block_count = (std::uint64_t{1} << 32) + 1;
    CHECK(steps_of(make_plan(drive, {.method = "vsitr", .verify = Verify::None}, {}).value())[1] ==
          "compare stamps-28-31-32");
    CHECK(steps_of(make_plan(drive, {.method = "schneier"}, {}).value())[0] == "write constant-ff");
  }

  TEST_CASE("a drive erases itself only where the manager names what it offers; each obstacle is said") {
    DriveFacts ssd = rotating_disk();
    ssd.medium = Medium::Flash;
    ssd.erases = DriveErases{.offered = {EraseCommand::SanitizeBlock, EraseCommand::SecurityErase}, .is_frozen = true};
    const auto names_of = [](const Plan& plan) {
      std::vector<std::string_view> names;
      for (const Phrase& reason : plan.reasons)
        if (name_of(reason.name).starts_with("ByDrive")) names.push_back(name_of(reason.name));
      return names;
    };
    CHECK(names_of(make_plan(ssd, {}, {}).value()).empty());
    CHECK(steps_of(make_plan(ssd, {}, {}).value()).size() == 2);

    const Policy policy{
        .verify = Verify::None,
        .drive_erases = {EraseCommand::SecurityErase, EraseCommand::SanitizeCrypto, EraseCommand::SanitizeBlock}};
    const Plan plan = make_plan(ssd, policy, {}).value();
    CHECK(names_of(plan) == std::vector<std::string_view>{"ByDriveFrozen", "ByDriveChosen"});
    CHECK(plan.verify == Verify::Full);  // Nobody has tried that command.
    CHECK(steps_of(plan) == std::vector<std::string>{"write canaries", "compare canaries",
                                                     "erase-by-drive ata-sanitize-block", "search canaries",
                                                     "write keyed-1", "compare keyed-1"});
    ssd.erases->is_frozen = false;
    CHECK(names_of(make_plan(ssd, policy, {}).value()) ==
          std::vector<std::string_view>{"ByDriveChosen", "ByDriveThen"});
    ssd.bus = Bus::Usb;
    CHECK(names_of(make_plan(ssd, {.external_allowed = {Bus::Usb}, .drive_erases = policy.drive_erases},
                             {.operator_named_drive = true})
                       .value()) == std::vector<std::string_view>{"ByDriveBridge"});
  }

  TEST_CASE("what is read back, and when") {
    const auto compares = [](const char* method, Verify verify) {
      std::string text;
      const Plan plan = make_plan(rotating_disk(), {.method = method, .verify = verify}, {}).value();
      for (const Step& step : plan.steps) text += step.kind == StepKind::Compare ? "c" : "w";
      return text;
    };
    CHECK(compares("is5-enhanced", Verify::Full) == "wwwc");
    CHECK(compares("is5-enhanced", Verify::Each) == "wcwcwc");
    CHECK(compares("is5-enhanced", Verify::None) == "www");
    CHECK(compares("bsi-2011-vs", Verify::Full) == "wcwc");
    CHECK(compares("bsi-2011-vs", Verify::None) == "ww");
  }

  TEST_CASE("flash, unknown media and bridges get a keyed random pass") {
    DriveFacts drive = rotating_disk();
    drive.medium = Medium::Flash;
    CHECK(make_plan(drive, {}, {}).value().method == "random");
    drive.medium = Medium::Unknown;
    CHECK(make_plan(drive, {}, {}).value().method == "random");
    drive = rotating_disk();
    drive.bus = Bus::Usb;
    CHECK(make_plan(drive, {.external_allowed = {Bus::Usb}}, {.operator_named_drive = true}).value().method ==
          "random");
  }

  TEST_CASE("with an image: judge the erase, write, compare, finish with LBA 0 last, compare") {
    const Plan plan = make_plan(rotating_disk(), {}, {.image = ImageNeeds{"xubuntu", "ab", 1000}}).value();
    CHECK(steps_of(plan) == std::vector<std::string>{"write constant-00", "compare constant-00", "require ",
                                                     "write image", "compare image", "write finish", "write finish",
                                                     "compare finish"});
    CHECK(plan.steps[5].part == OverlayPart::AllButFirstBlock);
    CHECK(plan.steps[6].part == OverlayPart::FirstBlock);
  }

  TEST_CASE("each drive that may not be a target is refused with its own STOP number") {
    const auto refusal = [](auto change, PlanRequest request = {}, Policy policy = {}) {
      DriveFacts drive = rotating_disk();
      change(drive);
      const Result<Plan> plan = make_plan(drive, policy, request);
      CHECK(!plan.ok());
      CHECK(plan.error().code == Errc::Refused);
      return plan.error().stop;
    };
    CHECK(refusal([](DriveFacts& drive) { drive.uses = {{UseKind::Mounted, "/dev/sda1", "/"}}; }) ==
          Stop::DriveMounted);
    CHECK(refusal([](DriveFacts& drive) { drive.uses = {{UseKind::Swap, "/dev/sda2", ""}}; }) == Stop::DriveMounted);
    CHECK(refusal([](DriveFacts& drive) { drive.uses = {{UseKind::Holder, "/dev/sda", "md0"}}; }) == Stop::DriveHeld);
    CHECK(refusal([](DriveFacts& drive) { drive.uses = {{UseKind::OwnStick, "/dev/sda", ""}}; }) == Stop::OwnStick);
    CHECK(refusal([](DriveFacts& drive) { drive.read_only = true; }) == Stop::DriveReadOnly);
    CHECK(refusal([](DriveFacts& drive) { drive.geometry.logical_bytes = 520; }) == Stop::BlockFormat);
    CHECK(refusal([](DriveFacts& drive) { drive.geometry.block_count = 0; }) == Stop::NoDrive);
    const auto on_usb = [](DriveFacts& drive) { drive.bus = Bus::Usb; };
    CHECK(refusal(on_usb, {.operator_named_drive = true}) == Stop::DriveExternal);
    CHECK(refusal(on_usb, {}, {.external_allowed = {Bus::Usb}}) == Stop::DriveExternal);
    CHECK(refusal(on_usb, {.operator_named_drive = true}, {.external_allowed = {Bus::SdCard}}) == Stop::DriveExternal);
    CHECK(refusal([](DriveFacts&) {}, {.image = ImageNeeds{"x", "", 600000000}}) == Stop::DriveTooSmall);
    CHECK(refusal([](DriveFacts&) {}, {.erase = false, .image = ImageNeeds{"x", "", 1}}) == Stop::NotErased);
    CHECK(refusal([](DriveFacts&) {}, {}, {.method = "gutmannn"}) == Stop::MethodUnknown);
  }

  TEST_CASE("deploying alone removes the old boot code first and says that the drive was not erased") {
    const Plan plan =
        make_plan(rotating_disk(), {}, {.erase = false, .not_erased_override = true, .image = ImageNeeds{"x", "", 1}})
            .value();
    CHECK(plan.deploys_unerased);
    CHECK(plan.method == "none");
    CHECK(steps_of(plan)[0] == "write unboot");
  }

  TEST_CASE(
      "only what differs is written where an earlier run has begun an image, and never after an erase of this one") {
    const auto image_step = [](PlanRequest request) {
      request.image = ImageNeeds{"x", "", 1};
      request.image_may_be_there = true;
      const Plan plan = make_plan(rotating_disk(), {}, request).value();
      const auto found = std::ranges::find(plan.steps, kImageContent, &Step::content);
      return *found;
    };
    CHECK(image_step({.erase = false, .erased_in_run = "run-1"}).kind == StepKind::Repair);
    CHECK(image_step({.erase = false, .erased_in_run = "run-1"}).what.name == Sentence::StepRepair);
    CHECK(image_step({.erase = false, .not_erased_override = true}).kind == StepKind::Repair);
    CHECK(image_step({.erase = true}).kind == StepKind::Write);
  }

  TEST_CASE("a confirmation needs the word, the same drive, the same size, and nobody using it") {
    const DriveFacts drive = rotating_disk();
    const Plan plan = make_plan(drive, {}, {}).value();
    CHECK(confirm(plan, drive, "Z1").ok());
    CHECK(confirm(plan, drive, "z1").error().stop == Stop::WrongConfirmation);
    DriveFacts other = drive;
    other.identity.serial = "Z2";
    CHECK(confirm(plan, other, "Z1").error().stop == Stop::DriveChanged);
    other = drive;
    other.geometry.block_count += 1;
    CHECK(confirm(plan, other, "Z1").error().stop == Stop::DriveChanged);
    other = drive;
    other.uses = {{UseKind::Mounted, "/dev/sda1", "/mnt"}};
    CHECK(confirm(plan, other, "Z1").error().stop == Stop::DriveMounted);
  }

  TEST_CASE("a plan survives JSON") {
    const Plan plan = make_plan(rotating_disk(), {}, {.image = ImageNeeds{"é", "ab", 1000}}).value();
    CHECK(from_value<Plan>(parse_json(to_json(to_value(plan))).value()).value() == plan);
  }
}

TEST_SUITE("machine number") {
  TEST_CASE("ends in a GS1 check digit") {
    CHECK(check_digit("04217") == '8');
    CHECK(check_digit("629104150021") == '3');  // GS1 General Specifications §7.9: GTIN-13 6291041500213.
    CHECK(parse_machine_number("DEF-04217-8").value() == "DEF-04217-8");
    CHECK(number_digits("DEF-04217-8") == "04217");
  }

  TEST_CASE("every wrong digit and every swap of two unequal neighbours but those that GS1 cannot see is refused") {
    const std::string right = "DEF-04217-8";
    for (std::size_t i = 4; i < right.size(); ++i) {
      if (right[i] == '-') continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string wrong = right;
        wrong[i] = digit;
        CHECK(parse_machine_number(wrong).ok() == (wrong == right));
      }
    }
  }

  TEST_CASE("anything else is refused") {
    for (const char* text :
         {"", "-", "8", "DEF-8", "DEF--8", "04217", "DEF-04217-88", "DEF-04217- 8", "DEF/04217-8", "DEF-04217-8\n"}) {
      CAPTURE(text);
      CHECK(parse_machine_number(text).error().stop == Stop::WrongNumber);
    }
  }

  TEST_CASE("a hidden area is uncovered first, if the profile lets it; otherwise the plan says that it stays") {
    DriveFacts drive = rotating_disk();
    drive.hidden_areas = HiddenAreas{1000000, {SizeAnswer::Known, 1200000}, {SizeAnswer::NoSuchCommand, 0}};
    const Plan staying = make_plan(drive, {}, {}).value();
    CHECK(staying.steps.front().kind == StepKind::Write);
    CHECK(staying.reasons.front() == Phrase{Sentence::HiddenStays, {"200000"}});

    const Plan uncovering = make_plan(drive, {.uncovers = true}, {}).value();
    CHECK(uncovering.steps.front().kind == StepKind::Uncover);
    CHECK(uncovering.reasons.front() == Phrase{Sentence::HiddenUncovered, {"200000"}});

    drive.hidden_areas->native.answer = SizeAnswer::Denied;
    CHECK(make_plan(drive, {.uncovers = true}, {}).value().steps.front().kind == StepKind::Write);
  }

  TEST_CASE("a drive that is to be uncovered may have any size up to its whole; another may not grow") {
    DriveFacts drive = rotating_disk();
    drive.hidden_areas = HiddenAreas{1000000, {SizeAnswer::Known, 1200000}, {SizeAnswer::NoSuchCommand, 0}};
    const auto fits = [&](bool uncovers, std::uint64_t block_count) {
      DriveFacts now = drive;
      now.geometry.block_count = block_count;
      return confirm(make_plan(drive, {.uncovers = uncovers}, {}).value(), now, "Z1").ok();
    };
    CHECK(fits(false, 1000000));
    CHECK(!fits(false, 1200000));
    CHECK(fits(true, 1000000));
    CHECK(fits(true, 1100000));
    CHECK(fits(true, 1200000));
    CHECK(!fits(true, 1200001));
    CHECK(!fits(true, 999999));

    DriveFacts whole = drive;
    whole.geometry.block_count = 1200000;
    Confirmation right = confirm(make_plan(drive, {.uncovers = true}, {}).value(), drive, "Z1").value();
    right = confirm_uncovered(std::move(right), whole).value();
    CHECK(right.plan().drive.geometry == whole.geometry);
    whole.identity.serial = "Z2";
    CHECK(confirm_uncovered(std::move(right), whole).error().stop == Stop::DriveChanged);
  }
}

}  // namespace
}  // namespace relance
