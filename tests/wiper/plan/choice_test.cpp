#include "wiper/plan/choice.h"

#include <doctest/doctest.h>

#include "wiper/plan/estimate.h"

namespace relance {
namespace {

constexpr std::uint64_t kMB = 1'000'000;

// 60 GB: ten minutes a traversal at 100 MB/s.
DriveFacts disk(Medium medium) {
  DriveFacts drive;
  drive.geometry = {.block_count = 60'000 * kMB / 512};
  drive.medium = medium;
  drive.bus = Bus::Ata;
  return drive;
}
const Speeds kEven{100 * kMB, 100 * kMB, 100 * kMB, false};

std::string chosen(const Policy& policy, const Speeds& speeds = kEven) {
  const Result<Choice> choice = choose(disk(Medium::Rotating), policy, speeds);
  if (!choice.ok()) return "STOP " + std::to_string(static_cast<int>(choice.error().stop));
  std::string text = std::string(choice.value().method->name) + " " + std::string(name_of(choice.value().verify));
  for (const Phrase& why : choice.value().why) {
    text += " " + std::string(name_of(why.name));
    if (why.name == Sentence::BudgetFits || why.name == Sentence::BudgetMissed) text += " " + why.arguments[0];
  }
  return text;
}

TEST_SUITE("choice") {
  TEST_CASE("without a budget: what is asked, or what the kind of drive asks for") {
    CHECK(chosen({}) == "zero full ZerosOnRotating");
    CHECK(chosen({.method = "schneier", .verify = Verify::Each}) == "schneier each MethodAsked");
    CHECK(chosen({.rotating_methods = {"random", "dod"}}) == "random full MethodOfPolicy");
    CHECK(chosen({.rotating_methods = {"dod", "zero"}}) == "zero full ZerosOnRotating");
  }

  TEST_CASE("a method that is unknown, or that the profile does not allow here, is refused") {
    CHECK(chosen({.method = "magic"}) == "STOP 29");
    CHECK(chosen({.method = "zero", .rotating_methods = {"dod"}}) == "STOP 29");
    CHECK(chosen({.method = "zero", .flash_methods = {"random"}}) == "zero full MethodAsked");
  }

  TEST_CASE("the safest of what fits; a read-back weighs more than passes") {
    Policy policy{.rotating_methods = {"zero", "dod-short", "gutmann"}, .budget_minutes = 45};
    CHECK(chosen(policy) == "dod-short full MethodOfPolicy BudgetFits 40");
    policy.budget_minutes = 30;
    CHECK(chosen(policy) == "zero full ZerosOnRotating BudgetFits 20");
    policy.verify_allowed = {Verify::Each};
    policy.budget_minutes = 65;
    CHECK(chosen(policy) == "dod-short each MethodOfPolicy BudgetFits 60");
  }

  TEST_CASE("nothing fits: the safest runs, and only a manager's word makes a read-back smaller") {
    Policy policy{.budget_minutes = 15};
    CHECK(chosen(policy) == "zero full ZerosOnRotating BudgetMissed 20");
    policy.verify_allowed = {Verify::Full, Verify::Sample};
    CHECK(chosen(policy) == "zero sample ZerosOnRotating BudgetFits 11");
    policy.budget_minutes = 5;
    CHECK(chosen(policy) == "zero full ZerosOnRotating BudgetMissed 20");
  }

  TEST_CASE("a drive of which nobody knows how fast it is gets what is asked") {
    CHECK(chosen({.budget_minutes = 1}, {}) == "zero full ZerosOnRotating");
  }
}

TEST_SUITE("speeds") {
  TEST_CASE("a disk that halves towards its inner edge takes ln 2 / 0.5 times as long as at its outer edge") {
    const Speeds halving{100 * kMB, 75 * kMB, 50 * kMB, false};
    const std::uint64_t bytes = 1'000'000 * kMB;
    CHECK(seconds_for(bytes, kEven) == 10'000);
    CHECK(seconds_for(bytes, halving) == 13'863);
    const double first = expected_seconds(halving, 0, bytes / 2, bytes);
    const double second = expected_seconds(halving, bytes / 2, bytes, bytes);
    CHECK(first + second == doctest::Approx(13'862.9).epsilon(0.0001));
    CHECK(first < second);
    CHECK(seconds_for(bytes, {}) == 0);
  }

  TEST_CASE("flash is not believed to write as it reads; a disk is; of a file only what was read is known") {
    const Speeds probed{2000 * kMB, 2000 * kMB, 2000 * kMB, false};
    DriveFacts drive = disk(Medium::Flash);
    CHECK(expected_speeds(drive, probed) == speeds_of_kind(drive));
    CHECK(expected_speeds(drive, probed).is_rough);
    CHECK(expected_speeds(drive, {10 * kMB, 10 * kMB, 10 * kMB, false}).outer == 10 * kMB);
    drive.medium = Medium::Rotating;
    CHECK(expected_speeds(drive, probed) == probed);
    CHECK(expected_speeds(drive, {}).is_rough);
    drive.kind = DriveKind::File;
    CHECK(expected_speeds(drive, probed) == probed);
    CHECK(!expected_speeds(drive, {}).is_known());
  }

  TEST_CASE("numbered blocks, judgements and other parts cost an erase no time") {
    const Geometry geometry{.block_count = 1000};
    CHECK(erase_bytes({.kind = StepKind::Write}, geometry) == 512'000);
    CHECK(erase_bytes({.kind = StepKind::Compare, .sample_percent = 10}, geometry) == 51'200);
    CHECK(erase_bytes({.kind = StepKind::Write, .content = "stamps-28"}, geometry) == 0);
    CHECK(erase_bytes({.kind = StepKind::Require}, geometry) == 0);
    CHECK(erase_bytes({.kind = StepKind::Write, .role = StepRole::Image}, geometry) == 0);
  }
}

}  // namespace
}  // namespace relance
