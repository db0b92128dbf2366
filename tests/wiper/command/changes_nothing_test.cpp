// Who holds no confirmation gets a port that passes on only what leaves the drive as it was. This is read off the bytes
// that go out, not off a claim beside them.

#include <doctest/doctest.h>

#include "wiper/command/ata_commands.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/command/sat_port.h"
#include "wiper/command/scsi_commands.h"

namespace relance {
namespace {

using std::chrono::seconds;

const ata::Password kPassword;

const std::vector<AtaCommand> kLooking{
    ata::identify_device(),     ata::smart_read_data(),      ata::smart_read_thresholds(),
    ata::smart_return_status(), ata::read_native_max(false), ata::read_native_max(true),
    ata::accessible_max_get(),  ata::dco_identify(),         ata::sanitize_status()};

const std::vector<AtaCommand> kChanging{
    ata::set_max(true, 99, ata::Keeps::UntilPowerOff),
    ata::set_max(false, 99, ata::Keeps::ForGood),
    ata::accessible_max_set(99),
    ata::dco_restore(),
    ata::security_set_user_password(kPassword),
    ata::security_unlock(kPassword),
    ata::security_disable(kPassword),
    ata::security_erase_prepare(),
    ata::security_erase_unit(kPassword, true, seconds(1)),
    ata::security_freeze_lock(),
    ata::sanitize_status(ata::ClearFailed::Yes),
    ata::sanitize_crypto_scramble(),
    ata::sanitize_block_erase(),
    ata::sanitize_overwrite({.pattern = 0, .passes = 1}),
    ata::sanitize_freeze_lock(),
    ata::sanitize_antifreeze_lock(),
};

class CountingAtaPort : public AtaPort {
 public:
  Result<AtaReply> submit(const AtaCommand&) override {
    ++submitted;
    return AtaReply{};
  }
  int submitted = 0;
};

class CountingScsiPort : public ScsiPort {
 public:
  Result<ScsiReply> submit(const ScsiCommand&) override {
    ++submitted;
    return ScsiReply{};
  }
  int submitted = 0;
};

class CountingNvmePort : public NvmeAdminPort {
 public:
  Result<NvmeReply> submit(const NvmeCommand&) override {
    ++submitted;
    return NvmeReply{};
  }
  int submitted = 0;
};

TEST_SUITE("commands that change nothing") {
  TEST_CASE("ATA: what only looks passes, everything else is refused before the drive sees it") {
    CountingAtaPort drive;
    LookingAtaPort port(drive);
    for (const AtaCommand& command : kLooking) {
      CAPTURE(command.name);
      CHECK(port.submit(command).ok());
    }
    CHECK(drive.submitted == static_cast<int>(kLooking.size()));
    for (const AtaCommand& command : kChanging) {
      CAPTURE(command.name);
      CHECK(port.submit(command).error().code == Errc::Refused);
    }
    CHECK(drive.submitted == static_cast<int>(kLooking.size()));
  }

  TEST_CASE("the same commands inside ATA PASS-THROUGH are judged by what is inside") {
    CountingScsiPort drive;
    LookingScsiPort port(drive);
    for (const AtaCommand& command : kLooking) CHECK(port.submit(ata_pass_through(command)).ok());
    for (const AtaCommand& command : kChanging) {
      CAPTURE(command.name);
      CHECK(port.submit(ata_pass_through(command)).error().code == Errc::Refused);
    }
    CHECK(drive.submitted == static_cast<int>(kLooking.size()));
  }

  TEST_CASE("of all 256 opcodes, without data, only the known few pass") {
    for (unsigned opcode = 0; opcode < 256; ++opcode) {
      AtaCommand command{.name = "any", .opcode = static_cast<std::uint8_t>(opcode)};
      const bool is_known = opcode == 0xEC || opcode == 0xF8 || opcode == 0x27 || opcode == 0x78 || opcode == 0xB4;
      CAPTURE(opcode);
      CHECK(changes_nothing(command) == is_known);
      command.protocol = AtaProtocol::PioOut;
      CHECK(!changes_nothing(command));
    }
  }

  TEST_CASE("a CDB that hides its command is not believed") {
    ScsiCommand command = ata_pass_through(ata::identify_device());
    CHECK(changes_nothing(command));
    command.cdb[14] = std::byte{0xF4};  // SECURITY ERASE UNIT.
    CHECK(!changes_nothing(command));

    command = ata_pass_through(ata::identify_device());
    command.cdb[1] = std::byte{6 << 1};  // A protocol that we do not send.
    CHECK(!changes_nothing(command));

    command = ata_pass_through(ata::identify_device());
    command.bytes_out = Bytes(512);
    CHECK(!changes_nothing(command));

    command = ata_pass_through(ata::identify_device());
    command.cdb.resize(12);  // ATA PASS-THROUGH(12) has its bytes elsewhere.
    CHECK(!changes_nothing(command));

    for (const unsigned opcode : {0xA1U, 0x7FU}) {  // Pass-through of 12 and of 32 bytes.
      command = ata_pass_through(ata::identify_device());
      command.cdb[0] = static_cast<std::byte>(opcode);
      CHECK(!changes_nothing(command));
    }
    CHECK(!changes_nothing(ScsiCommand{.name = "nothing", .cdb = {}}));
  }

  TEST_CASE("SCSI") {
    CountingScsiPort drive;
    LookingScsiPort port(drive);
    for (const ScsiCommand& command :
         {scsi::inquiry(), scsi::inquiry_page(0xB1), scsi::read_capacity_16(), scsi::request_sense()})
      CHECK(port.submit(command).ok());
    CHECK(drive.submitted == 4);
    for (const ScsiCommand& command :
         {scsi::sanitize_overwrite(std::byte{0}, 1), scsi::sanitize_block_erase(), scsi::sanitize_crypto_erase(),
          scsi::sanitize_exit_failure(), scsi::format_unit()}) {
      CAPTURE(command.name);
      CHECK(port.submit(command).error().code == Errc::Refused);
    }
    ScsiCommand service = scsi::read_capacity_16();
    service.cdb[1] = std::byte{0x12};  // GET LBA STATUS: harmless, but not on the list.
    CHECK(!changes_nothing(service));
    CHECK(drive.submitted == 4);
  }

  TEST_CASE("NVMe") {
    CountingNvmePort drive;
    LookingNvmePort port(drive);
    for (const NvmeCommand& command :
         {nvme::identify_controller(), nvme::identify_namespace(1), nvme::list_active_namespaces(),
          nvme::list_allocated_namespaces(), nvme::health_log(), nvme::sanitize_log()})
      CHECK(port.submit(command).ok());
    CHECK(drive.submitted == 6);
    for (const NvmeCommand& command :
         {nvme::sanitize_block_erase(), nvme::sanitize_overwrite({}), nvme::sanitize_crypto_erase(),
          nvme::sanitize_exit_failure(), nvme::format(1, 0, nvme::FormatErases::UserData, seconds(1))}) {
      CAPTURE(command.name);
      CHECK(port.submit(command).error().code == Errc::Refused);
    }
    NvmeCommand telemetry = nvme::health_log();
    telemetry.dwords[0] = 0x007F0107;  // Telemetry, with the bit that has the controller make one.
    CHECK(!changes_nothing(telemetry));
    CHECK(drive.submitted == 6);
  }
}

}  // namespace
}  // namespace relance
