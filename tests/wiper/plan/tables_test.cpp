// The tables of README.md and wiper/README.md that people decide by: each of their lines is made here from what the code
// decides by, and must stand there.

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "wiper/plan/level.h"
#include "wiper/plan/plan.h"

namespace relance {
namespace {

// The lines of a table, between the marks around it.
std::string table_in(const std::string& file, const std::string& name) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const std::string begin = "<!-- " + name + " -->\n";
  const std::size_t from = text.find(begin);
  REQUIRE_MESSAGE(from != std::string::npos, file, " has no table ", name);
  const std::size_t to = text.find("<!-- end -->", from);
  REQUIRE(to != std::string::npos);
  return text.substr(from + begin.size(), to - from - begin.size());
}

std::string row(const std::vector<std::string>& cells) {
  std::string line = "|";
  for (const std::string& cell : cells) line += " " + cell + " |";
  return line + "\n";
}

DriveFacts drive_of(Medium medium, Bus bus = Bus::Ata) {
  DriveFacts drive;
  drive.path = "/dev/x";
  drive.identity = {"MODEL", "SERIAL", SerialSource::Drive, "", ""};
  drive.geometry = {.block_count = std::uint64_t{1} << 27, .logical_bytes = 512, .physical_bytes = 4096};
  drive.bus = bus;
  drive.medium = medium;
  drive.confirm_word = "SERIAL";
  return drive;
}

std::string level_words(Level level) {
  return level == Level::None ? "not offered there" : std::string(name_of(level));
}

std::string commands_table() {
  std::string table =
      row({"`drive_erase` name", "on rotating disks", "on flash", "on eMMC and cards", "on a real drive"});
  table += "|---|---|---|---|---|\n";
  for (std::size_t i = 1; i < EnumNames<EraseCommand>::names.size(); ++i) {
    const auto command = static_cast<EraseCommand>(i);
    table += row({"`" + std::string(name_of(command)) + "`", level_words(level_of(command, drive_of(Medium::Rotating))),
                  level_words(level_of(command, drive_of(Medium::Flash))),
                  level_words(level_of(command, drive_of(Medium::Flash, Bus::Mmc))),
                  is_tried(command) ? "tried" : "**untried**"});
  }
  return table;
}

// A drive, in a condition, and what the profile allows: each a branch of the decision.
struct Case {
  std::string drive;
  std::string condition;
  DriveFacts facts;
  Policy policy;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  const DriveFacts disk = drive_of(Medium::Rotating);
  DriveFacts ssd = drive_of(Medium::Flash);
  ssd.erases = DriveErases{.offered = {EraseCommand::SanitizeCrypto, EraseCommand::SanitizeBlock,
                                       EraseCommand::SecurityErase, EraseCommand::SecurityEraseEnhanced}};
  DriveFacts nvme = drive_of(Medium::Flash, Bus::Nvme);
  nvme.erases = DriveErases{.offered = {EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeFormat}};
  const Policy shipped;
  const Policy sanitizes{.drive_erases = {EraseCommand::SanitizeCrypto, EraseCommand::SanitizeBlock}};
  const Policy secure{.drive_erases = {EraseCommand::SecurityEraseEnhanced}};
  const Policy nvme_all{.drive_erases = {EraseCommand::NvmeSanitizeBlock, EraseCommand::NvmeFormat}};
  const auto add = [&](std::string drive, std::string condition, const DriveFacts& facts, const Policy& policy) {
    all.push_back({std::move(drive), std::move(condition), facts, policy});
  };
  const auto with = [](DriveFacts facts, auto change) {
    change(facts);
    return facts;
  };

  add("rotating disk", "shipped profile", disk, shipped);
  add("rotating disk", "more than 2^28 blocks", with(disk, [](DriveFacts& f) { f.geometry.block_count *= 4; }),
      shipped);
  add("rotating disk", "a hidden area, `uncover = true`",
      with(disk,
           [](DriveFacts& f) {
             f.hidden_areas = HiddenAreas{f.geometry.block_count,
                                          {SizeAnswer::Known, f.geometry.block_count + 8},
                                          {SizeAnswer::NoSuchCommand, 0}};
           }),
      {.uncovers = true});
  add("SSD", "shipped profile", ssd, shipped);
  add("SSD", "SANITIZE crypto and block allowed", ssd, sanitizes);
  add("SSD", "SECURITY ERASE enhanced allowed", ssd, secure);
  add("SSD", "the same, frozen by the BIOS", with(ssd, [](DriveFacts& f) { f.erases->is_frozen = true; }), secure);
  add("SSD", "the same, a password set", with(ssd, [](DriveFacts& f) { f.erases->has_password = true; }), secure);
  add("SSD", "SANITIZE allowed, not offered", with(ssd, [](DriveFacts& f) { f.erases->offered.clear(); }), sanitizes);
  add("SSD", "SANITIZE allowed, behind a USB bridge", with(ssd, [](DriveFacts& f) { f.bus = Bus::Usb; }),
      {.external_allowed = {Bus::Usb}, .drive_erases = sanitizes.drive_erases});
  add("NVMe", "shipped profile", nvme, shipped);
  add("NVMe", "Sanitize block and Format allowed", nvme, nvme_all);
  add("NVMe", "the same, a second namespace", with(nvme, [](DriveFacts& f) { f.erases->has_other_namespaces = true; }),
      nvme_all);
  add("NVMe", "the same, a model known to be harmed by Sanitize",
      with(nvme, [](DriveFacts& f) { f.identity.model = "INTEL SSDPEKNW512G8"; }), nvme_all);
  add("eMMC", "shipped profile", drive_of(Medium::Flash, Bus::Mmc), shipped);
  return all;
}

std::string path_of(const Plan& plan) {
  std::string path;
  for (const Step& step : plan.steps) {
    const bool has_name = !step.content.empty();
    path += (path.empty() ? "" : ", ") + std::string(name_of(step.kind)) + (has_name ? " `" + step.content + "`" : "");
  }
  return path;
}

// If all goes well: of the first command that is sent.
Level level_of(const Plan& plan) {
  Level level = level_of(EraseCommand::Overwrite, plan.drive);
  for (const Step& step : plan.steps)
    if (step.kind == StepKind::EraseByDrive)
      return std::max(level, relance::level_of(enum_named<EraseCommand>(step.content).value(), plan.drive));
  return level;
}

std::string said_of(const Plan& plan) {
  std::string said;
  for (const Phrase& reason : plan.reasons) {
    const std::string_view name = name_of(reason.name);
    const bool is_of_drive = name.starts_with("ByDrive") || name.starts_with("Hidden");
    if (is_of_drive) said += (said.empty() ? "" : " ") + say(Language::English, reason);
  }
  return said;
}

std::string plans_table() {
  std::string table = row({"Drive", "Condition", "Steps", "Level at best", "Why, as `relance plan` says it"});
  table += "|---|---|---|---|---|\n";
  for (const Case& each : cases()) {
    const Plan plan = make_plan(each.facts, each.policy, {.operator_named_drive = true}).value();
    table += row({each.drive, each.condition, path_of(plan), std::string(name_of(level_of(plan))), said_of(plan)});
  }
  return table;
}

void check_table(const std::string& file, const std::string& name, const std::string& wanted) {
  const std::string written = table_in(file, name);
  CHECK_MESSAGE(written == wanted, file, ": the table ", name, " is to be:\n", wanted);
}

TEST_SUITE("tables that people read") {
  TEST_CASE("README: which of a drive's own erases was tried, and what each is worth") {
    check_table("README.md", "commands", commands_table());
  }

  TEST_CASE("wiper/README: what is planned for which drive") { check_table("wiper/README.md", "plans", plans_table()); }

  TEST_CASE("eMMC and cards are Clear at most, and no command is worth more on flash than its source says") {
    for (const LevelRow& each : level_table()) {
      CAPTURE(name_of(each.command));
      CHECK(!each.source.empty());
      for (const Bus bus : {Bus::Mmc, Bus::SdCard})
        CHECK(relance::level_of(each.command, drive_of(Medium::Flash, bus)) <= Level::Clear);
      const bool is_purge_on_flash =
          each.command == EraseCommand::SanitizeBlock || each.command == EraseCommand::SanitizeCrypto ||
          each.command == EraseCommand::NvmeSanitizeBlock || each.command == EraseCommand::NvmeSanitizeCrypto;
      CHECK((each.flash == Level::Purge) == is_purge_on_flash);
    }
    CHECK(level_table().size() == EnumNames<EraseCommand>::names.size());
  }
}

}  // namespace
}  // namespace relance
