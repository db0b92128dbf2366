#include "tui/profile/profile.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

std::string complaint_about(std::string_view toml) {
  const Result<Profile> profile = parse_profile(toml);
  if (profile.ok()) return "";
  CHECK(profile.error().stop == Stop::ProfileWrong);
  return profile.error().detail;
}

TEST_SUITE("profile") {
  TEST_CASE("an empty file is the careful choice") {
    const Result<Profile> profile = parse_profile("");

    REQUIRE(profile.ok());
    CHECK(profile.value().policy.method == "auto");
    CHECK(profile.value().policy.verify == Verify::Full);
    CHECK(profile.value().policy.external_allowed.empty());
    CHECK(profile.value().policy.reserves_allowed.empty());
    CHECK(profile.value().policy.language == Language::French);
    CHECK(profile.value().at_end == AtEnd::Wait);
    CHECK(!profile.value().autopilot);
  }

  TEST_CASE("every key is read") {
    const Result<Profile> profile = parse_profile(R"(
workshop = "Atelier d’Évry"
operator = "Aïcha"
donor = "Société Générale"
lot = "2026-014"
number_prefix = "ACM"
language = "en"
image = "xubuntu-64"
method = "zero"
verify = "sample"
sample_percent = 20
rotating_methods = ["zero", "dod"]
flash_methods = ["random"]
verify_allowed = ["full", "sample"]
budget_minutes = 45
drive_erase = ["ata-sanitize-crypto", "ata-sanitize-block"]
external = ["usb", "sdcard"]
reserves = ["cached"]
at_end = "poweroff"
autopilot = true
numbers = ["DEF-04217-8", "DEF-04218-5"]
passphrase = "cheval pile agrafe"
)");

    REQUIRE(profile.ok());
    CHECK(profile.value().workshop == "Atelier d’Évry");
    CHECK(profile.value().operator_name == "Aïcha");
    CHECK(profile.value().donor == "Société Générale");
    CHECK(profile.value().lot == "2026-014");
    CHECK(profile.value().number_prefix == "ACM");
    CHECK(profile.value().policy.language == Language::English);
    CHECK(profile.value().policy.image == "xubuntu-64");
    CHECK(profile.value().policy.method == "zero");
    CHECK(profile.value().policy.verify == Verify::Sample);
    CHECK(profile.value().policy.sample_percent == 20);
    CHECK(profile.value().policy.rotating_methods == std::vector<std::string>{"zero", "dod"});
    CHECK(profile.value().policy.flash_methods == std::vector<std::string>{"random"});
    CHECK(profile.value().policy.verify_allowed == std::vector{Verify::Full, Verify::Sample});
    CHECK(profile.value().policy.budget_minutes == 45);
    CHECK(profile.value().policy.drive_erases ==
          std::vector{EraseCommand::SanitizeCrypto, EraseCommand::SanitizeBlock});
    CHECK(profile.value().policy.external_allowed == std::vector{Bus::Usb, Bus::SdCard});
    CHECK(profile.value().policy.reserves_allowed == std::vector{Sentence::ReasonCached});
    CHECK(profile.value().at_end == AtEnd::PowerOff);
    CHECK(profile.value().autopilot);
    CHECK(profile.value().numbers == std::vector<std::string>{"DEF-04217-8", "DEF-04218-5"});
    CHECK(profile.value().passphrase == "cheval pile agrafe");
  }

  TEST_CASE("no drive is told to erase itself unless the manager names the command, once") {
    CHECK(parse_profile("").value().policy.drive_erases.empty());
    CHECK(parse_profile(example_profile(Profile{})).value().policy.drive_erases.empty());
    CHECK(complaint_about("drive_erase = [\"overwrite\"]")
              .starts_with("relance.toml:1:16: drive_erase names \"overwrite\"; known: ata-sanitize-block, "));
    CHECK(complaint_about("drive_erase = [\"nvme-format\", \"nvme-format\"]") ==
          "relance.toml:1:31: drive_erase names \"nvme-format\" twice");
  }

  TEST_CASE("a typing error is named with its line and column") {
    CHECK(complaint_about("workshop = \"A\"\nmetod = \"zero\"\n")
              .starts_with("relance.toml:2:1: unknown key \"metod\"; known: workshop, "));
    CHECK(complaint_about("\n  verify = \"ful\"\n") ==
          "relance.toml:2:12: verify is \"ful\"; known: full, sample, none, each");
    CHECK(complaint_about("autopilot = \"yes\"") == "relance.toml:1:13: autopilot wants true or false");
    CHECK(complaint_about("external = [\"usb\", \"ata\"]") ==
          "relance.toml:1:20: external names \"ata\"; known: usb, firewire, thunderbolt, sdcard");
    CHECK(complaint_about("[table]\n").starts_with("relance.toml:1:"));
    CHECK(complaint_about("lot = \"a\"\nlot = \"b\"\n").starts_with("relance.toml:2:"));
    CHECK(complaint_about("[\n").starts_with("relance.toml:"));
  }

  TEST_CASE("what would do harm later is refused now") {
    CHECK(complaint_about("image = \"../../etc\"") ==
          "relance.toml:1:9: image is the name of a folder in IMAGES, not a path");
    CHECK(complaint_about("sample_percent = 5") == "relance.toml:1:18: sample_percent wants a number from 10 to 100");
    CHECK(complaint_about("number_prefix = \"dé f\"") ==
          "relance.toml:1:17: number_prefix wants 1 to 12 capital letters or digits");
    CHECK(complaint_about("donor = \"a\\u001b[2J\"") == "relance.toml:1:9: donor holds a control character");
    CHECK(complaint_about("numbers = [\"DEF-04217-8\", \"DEF-04217-9\"]") ==
          "relance.toml:1:27: numbers holds \"DEF-04217-9\", whose check digit is wrong");
    CHECK(complaint_about("method = \"magic\"").starts_with("relance.toml:1:10: method is \"magic\""));
    CHECK(complaint_about("rotating_methods = [\"zero\", \"magic\"]") ==
          "relance.toml:1:29: rotating_methods names \"magic\", which `relance plan --help` does not list");
    CHECK(complaint_about("verify_allowed = [\"half\"]") ==
          "relance.toml:1:19: verify_allowed names \"half\"; known: full, sample, none, each");
    CHECK(complaint_about("budget_minutes = -1") ==
          "relance.toml:1:18: budget_minutes wants a number from 0 to 100000");
    CHECK(complaint_about("donor = \"" + std::string(121, 'x') + "\"") ==
          "relance.toml:1:9: donor is longer than 120 bytes");
    CHECK(complaint_about(std::string(65 * 1024, '#')) == "relance.toml:1:1: larger than 64 KiB");
  }

  TEST_CASE("the example that a new stick gets is read back as what it says, in both languages") {
    for (const Language language : {Language::French, Language::English}) {
      Profile wanted;
      wanted.workshop = "L’atelier \"du coin\"";
      wanted.policy.language = language;

      const Result<Profile> profile = parse_profile(example_profile(wanted));

      REQUIRE(profile.ok());
      CHECK(profile.value().workshop == wanted.workshop);
      CHECK(profile.value().policy.language == language);
      CHECK(profile.value().policy.sample_percent == 10);
    }
  }
}

}  // namespace
}  // namespace relance
