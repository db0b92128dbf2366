#include "wiper/journal/trial.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

constexpr std::string_view kWord = "0123456789abcdef";

std::string file(const std::string& checks, int count) {
  return "relance-trial=1 " + std::string(kWord) + "\n" + checks + "end=" + std::to_string(count) + "\n";
}

bool is_refused(const std::string& text) {
  const auto checks = parse_trial_result(text, kWord);
  return !checks.ok() && checks.error().stop == Stop::TrialFailed;
}

TEST_SUITE("trial") {
  TEST_CASE("each line is a check with its outcome and what it saw") {
    const auto checks =
        parse_trial_result(file("screen=pass VGA-1 1024x768\nsound=fail no driver\ncamera=absent\n", 3), kWord);

    REQUIRE(checks.ok());
    CHECK(checks.value() == std::vector<TrialCheck>{{"screen", TrialOutcome::Pass, "VGA-1 1024x768"},
                                                    {"sound", TrialOutcome::Fail, "no driver"},
                                                    {"camera", TrialOutcome::Absent, ""}});
    CHECK(has_failed_check(checks.value()));
    CHECK_FALSE(has_failed_check({{"screen", TrialOutcome::Pass, ""}}));
  }

  TEST_CASE("every file that was cut short is refused") {
    const std::string whole = file("screen=pass VGA-1\nsound=absent\n", 2);
    REQUIRE(parse_trial_result(whole, kWord).ok());
    for (std::size_t length = 0; length < whole.size(); ++length) {
      CAPTURE(length);
      CHECK(is_refused(whole.substr(0, length)));
    }
  }

  TEST_CASE("another deployment's result, a check twice, control characters, unknown outcomes: refused") {
    CHECK_FALSE(parse_trial_result(file("sound=pass\n", 1), "fedcba9876543210").ok());
    CHECK(is_refused(file("sound=pass\nsound=fail\n", 2)));
    CHECK(is_refused(file("sound=pass \x1b[2J\n", 1)));
    CHECK(is_refused(file("sound=maybe\n", 1)));
    CHECK(is_refused(file("=pass\n", 1)));
    CHECK(is_refused(file("", 0)));
    CHECK(is_refused(file("sound=pass " + std::string(kLongestTrialLine, 'x') + "\n", 1)));
    CHECK(is_refused(file("sound=pass\n", 2)));
    CHECK(is_refused(file("sound=pass\n", 1) + "more=pass\n"));
  }

  TEST_CASE("the word is one of that run's seed alone") {
    CHECK(trial_word(Bytes(32, std::byte{1})).size() == 16);
    CHECK(trial_word(Bytes(32, std::byte{1})) != trial_word(Bytes(32, std::byte{2})));
  }
}

}  // namespace
}  // namespace relance
