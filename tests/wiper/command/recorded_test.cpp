// What we send is what the tools of the field send for the same request: tests/golden/commands has their commands as
// recorded by its script `record`, under names. Where one differs from ours the difference stands here, with its reason.

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "wiper/command/ata_commands.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/command/sat_port.h"
#include "wiper/command/scsi_commands.h"

namespace relance {
namespace {

using std::chrono::seconds;
using Lines = std::vector<std::string>;

// "[name] the tool's command line", then one line for each command that it sent.
std::map<std::string, Lines> recorded(const std::string& tool) {
  std::ifstream file("tests/golden/commands/" + tool + ".txt");
  REQUIRE(file);
  std::map<std::string, Lines> requests;
  std::string name;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("[")) name = line.substr(1, line.find(']') - 1);
    const bool is_command = line.starts_with("scsi ") || line.starts_with("nvme ");
    if (is_command) requests[name].push_back(line);
  }
  return requests;
}

// As the recorder writes them: zeros at the end are not written.
std::string hex_text(const char* name, const Bytes& bytes) {
  std::size_t end = bytes.size();
  while (end > 0 && bytes[end - 1] == std::byte{0}) --end;
  return std::string(" ") + name + "=" + std::to_string(bytes.size()) + ":" + to_hex(std::span(bytes).first(end));
}

std::string line_of(const ScsiCommand& command) {
  std::string line = "scsi" + hex_text("cdb", command.cdb);
  if (command.bytes_in > 0) line += " in=" + std::to_string(command.bytes_in);
  if (!command.bytes_out.empty()) line += hex_text("out", command.bytes_out);
  return line;
}

std::string line_of(const AtaCommand& command) { return line_of(ata_pass_through(command)); }

std::string line_of(const NvmeCommand& command) {
  char line[160];
  const auto& dwords = command.dwords;
  std::snprintf(line, sizeof line, "nvme opcode=%02x nsid=%08x dwords=%08x,%08x,%08x,%08x,%08x,%08x bytes=%zu",
                command.opcode, command.nsid, dwords[0], dwords[1], dwords[2], dwords[3], dwords[4], dwords[5],
                command.bytes_in);
  return line;
}

bool sends(const Lines& lines, const std::string& line) {
  return std::find(lines.begin(), lines.end(), line) != lines.end();
}

template <class Command>
void check_sent(const std::string& tool, const std::map<std::string, Command>& ours) {
  const auto theirs = recorded(tool);
  for (const auto& [name, command] : ours) {
    CAPTURE(tool);
    CAPTURE(name);
    CAPTURE(line_of(command));
    const auto found = theirs.find(name);
    REQUIRE(found != theirs.end());
    CHECK(sends(found->second, line_of(command)));
  }
}

ata::Password password() {
  ata::Password password;
  std::ranges::transform(std::string_view("relance"), password.bytes.begin(),
                         [](char letter) { return static_cast<std::byte>(letter); });
  return password;
}

constexpr std::uint64_t kLastOfMebisectors = (1 << 21) - 1;

TEST_SUITE("commands as the tools of the field send them") {
  TEST_CASE("hdparm") {
    check_sent<AtaCommand>(
        "hdparm", {{"identify", ata::identify_device()},
                   {"native-max", ata::read_native_max(true)},
                   {"set-max-for-good", ata::set_max(true, kLastOfMebisectors, ata::Keeps::ForGood)},
                   {"set-max-until-power-off", ata::set_max(true, kLastOfMebisectors, ata::Keeps::UntilPowerOff)},
                   {"dco-identify", ata::dco_identify()},
                   {"dco-restore", ata::dco_restore()},
                   {"security-set-password", ata::security_set_user_password(password())},
                   {"security-unlock", ata::security_unlock(password())},
                   {"security-disable", ata::security_disable(password())},
                   {"security-erase", ata::security_erase_unit(password(), false, seconds(1))},
                   {"security-erase-enhanced", ata::security_erase_unit(password(), true, seconds(1))},
                   {"security-freeze", ata::security_freeze_lock()},
                   {"sanitize-status", ata::sanitize_status()},
                   {"sanitize-freeze", ata::sanitize_freeze_lock()},
                   {"sanitize-antifreeze", ata::sanitize_antifreeze_lock()}});
  }

  // ACS-3, SANITIZE: count bit 4 (FAILURE MODE) lets a failed operation be left by SANITIZE STATUS EXT with bit 0. hdparm
  // leaves it clear, after which only a sanitize that succeeds frees the drive; we set it, for our verdict is a failure
  // either way, and a drive that still answers can be looked at.
  TEST_CASE("hdparm's SANITIZE differs from ours in one bit: a failure may be left") {
    const auto theirs = recorded("hdparm");
    const std::map<std::string, AtaCommand> ours{{"sanitize-crypto", ata::sanitize_crypto_scramble()},
                                                 {"sanitize-block", ata::sanitize_block_erase()},
                                                 {"sanitize-overwrite", ata::sanitize_overwrite({.passes = 1})}};
    for (const auto& [name, command] : ours) {
      CAPTURE(name);
      AtaCommand strict = command;
      strict.count = static_cast<std::uint16_t>(strict.count & ~0x10);
      CHECK(strict.count + 0x10 == command.count);
      CHECK(sends(theirs.at(name), line_of(strict)));
    }
  }

  TEST_CASE("sg3_utils") {
    check_sent<ScsiCommand>("sg3_utils", {{"inquiry", scsi::inquiry()},
                                          {"page-80", scsi::inquiry_page(scsi::kSerialPage)},
                                          {"page-83", scsi::inquiry_page(scsi::kIdentificationPage)},
                                          {"page-b0", scsi::inquiry_page(scsi::kBlockLimitsPage)},
                                          {"page-b1", scsi::inquiry_page(scsi::kBlockCharacteristicsPage)},
                                          {"capacity", scsi::read_capacity_16()},
                                          {"sanitize-overwrite", scsi::sanitize_overwrite(std::byte{0}, 1)},
                                          {"sanitize-block", scsi::sanitize_block_erase()},
                                          {"sanitize-crypto", scsi::sanitize_crypto_erase()},
                                          {"sanitize-exit", scsi::sanitize_exit_failure()},
                                          {"format", scsi::format_unit()}});
  }

  // SPC-4: the allocation length in the CDB bounds what is sent. sg_requests holds a larger buffer ready than it asks for.
  TEST_CASE("sg_requests asks with our CDB, into a larger buffer") {
    ScsiCommand ours = scsi::request_sense();
    CHECK(ours.bytes_in == std::to_integer<std::size_t>(ours.cdb[4]));
    ours.bytes_in = 256;
    CHECK(sends(recorded("sg3_utils").at("request-sense"), line_of(ours)));
  }

  TEST_CASE("nvme-cli") {
    check_sent<NvmeCommand>("nvme-cli",
                            {{"controller", nvme::identify_controller()},
                             {"namespace", nvme::identify_namespace(1)},
                             {"active-list", nvme::list_active_namespaces()},
                             {"allocated-list", nvme::list_allocated_namespaces()},
                             {"health", nvme::health_log()},
                             {"sanitize-log", nvme::sanitize_log()},
                             {"sanitize-block", nvme::sanitize_block_erase()},
                             {"sanitize-overwrite", nvme::sanitize_overwrite({.passes = 1})},
                             {"sanitize-crypto", nvme::sanitize_crypto_erase()},
                             {"sanitize-exit", nvme::sanitize_exit_failure()},
                             {"format-user-data", nvme::format(1, 0, nvme::FormatErases::UserData, seconds(1))},
                             {"format-by-key", nvme::format(1, 0, nvme::FormatErases::ByKey, seconds(1))}});
  }

  // ACS-3: bit 6 of the device register says "LBA" where a command has one that is a sector's; SMART and IDENTIFY have none,
  // and the bit is N/A. hdparm sets it everywhere, smartctl here nowhere; we do as hdparm. In LBA 7:0 of READ THRESHOLDS
  // smartctl has a 1, which is N/A, too; and for SMART RETURN STATUS, without data, SAT does not look at T_DIR and BYT_BLOK.
  TEST_CASE("smartmontools: the same but for what the standards do not look at") {
    const auto theirs = recorded("smartmontools").at("health");
    AtaCommand read = ata::smart_read_data();
    read.device = 0;
    CHECK(sends(theirs, line_of(read)));

    AtaCommand thresholds = ata::smart_read_thresholds();
    thresholds.device = 0;
    thresholds.lba |= 1;
    CHECK(sends(theirs, line_of(thresholds)));

    ScsiCommand status = ata_pass_through(ata::smart_return_status());
    status.cdb[2] |= std::byte{0x0C};
    status.cdb[13] = std::byte{0};
    CHECK(sends(theirs, line_of(status)));
  }
}

}  // namespace
}  // namespace relance
