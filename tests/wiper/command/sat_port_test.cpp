#include "wiper/command/sat_port.h"

#include <doctest/doctest.h>

#include "wiper/command/ata_commands.h"
#include "wiper/command/sense.h"

namespace relance {
namespace {

Bytes bytes_of(const char* hex) { return from_hex(hex).value(); }

// Descriptor format, recovered error 00/1D, ATA Status Return: what Linux answers to CK_COND.
const char* const kNativeMax = "72 01 00 1d 00 00 00 0e 09 0c 01 00 00 00 3a 2f 00 60 00 38 40 50";

Bytes sense_of(std::string hex) {
  std::erase(hex, ' ');
  return bytes_of(hex.c_str());
}

class AnsweringScsiPort : public ScsiPort {
 public:
  explicit AnsweringScsiPort(std::vector<Result<ScsiReply>> replies) : replies_(std::move(replies)) {}
  Result<ScsiReply> submit(const ScsiCommand&) override {
    REQUIRE(next_ < replies_.size());
    return replies_[next_++];
  }

 private:
  std::vector<Result<ScsiReply>> replies_;
  std::size_t next_ = 0;
};

Result<AtaReply> answer(const AtaCommand& command, std::vector<Result<ScsiReply>> replies) {
  return SatPort(std::make_unique<AnsweringScsiPort>(std::move(replies))).submit(command);
}

ScsiReply check_condition(const char* sense) { return {ScsiReply::kCheckCondition, sense_of(sense), {}}; }

TEST_SUITE("sense data") {
  TEST_CASE("descriptor format: the registers, high and low bytes in their places") {
    const Sense sense =
        decode_sense(sense_of("72 0b 00 00 00 00 00 0e 09 0c 01 04 12 34 44 11 55 22 66 33 e0 51")).value();
    CHECK(sense.key == SenseKey::AbortedCommand);
    CHECK(sense.registers ==
          AtaRegisters{.error = 0x04, .status = 0x51, .device = 0xE0, .count = 0x1234, .lba = 0x665544332211});
    CHECK(sense.registers->is_failure());
  }

  TEST_CASE("without EXTEND the high bytes are left over from something else") {
    const Sense sense =
        decode_sense(sense_of("72 01 00 1d 00 00 00 0e 09 0c 00 00 12 34 44 11 55 22 66 33 e0 50")).value();
    CHECK(sense.registers->lba == 0x332211);
    CHECK(sense.registers->count == 0x34);
    CHECK(!sense.registers->is_failure());
  }

  TEST_CASE("fixed format has no room for all of it, and says so") {
    const Sense sense = decode_sense(sense_of("70 00 01 04 51 e0 34 0a e0 11 22 33 00 1d 00 00 00 00")).value();
    CHECK(sense.registers == AtaRegisters{.error = 0x04,
                                          .status = 0x51,
                                          .device = 0xE0,
                                          .count = 0x34,
                                          .lba = 0x332211,
                                          .count_is_whole = false,
                                          .lba_is_whole = false});
  }

  TEST_CASE("fixed format with another code has no registers in it") {
    // Linux up to 6.10 puts them 5 bytes further on, with key B and code 00/00.
    const Sense sense = decode_sense(sense_of("70 00 0b 00 00 00 00 0a 04 51 40 00 00 00 00 00 00 00")).value();
    CHECK(sense.key == SenseKey::AbortedCommand);
    CHECK(!sense.registers);
  }

  TEST_CASE("progress of a sanitize, in both formats") {
    CHECK(decode_sense(sense_of("70 00 02 00 00 00 00 0a 00 00 00 00 04 1b 00 80 80 00")).value().progress == 0x8000);
    CHECK(decode_sense(sense_of("72 02 04 1b 00 00 00 08 02 06 00 00 80 40 00 00")).value().progress == 0x4000);
    CHECK(!decode_sense(sense_of("70 00 02 00 00 00 00 0a 00 00 00 00 04 1b 00 00 80 00")).value().progress);
  }

  TEST_CASE("deferred errors are known as such") {
    CHECK(decode_sense(sense_of("73 03 11 00 00 00 00 00")).value().is_deferred);
    CHECK(decode_sense(sense_of("71 00 03 00 00 00 00 0a 00 00 00 00 11 00 00 00 00 00")).value().is_deferred);
  }

  TEST_CASE("a descriptor that is cut, or longer than the whole, is not read") {
    CHECK(!decode_sense(sense_of("72 01 00 1d 00 00 00 0e 09 0c 01 00 00")).value().registers);
    CHECK(
        !decode_sense(sense_of("72 01 00 1d 00 00 00 0e 09 ff 01 00 00 00 3a 2f 00 60 00 38 40 50")).value().registers);
    CHECK(
        !decode_sense(sense_of("72 01 00 1d 00 00 00 02 09 0c 01 00 00 00 3a 2f 00 60 00 38 40 50")).value().registers);
    CHECK(!decode_sense(sense_of("72 01 00 1d 00 00 00 0a 09 08 01 00 00 00 3a af 00 6d")).value().registers);
  }

  TEST_CASE("what is in no format is nothing") {
    CHECK(!decode_sense({}));
    CHECK(!decode_sense(sense_of("70 00 05")));
    CHECK(!decode_sense(sense_of("70 00 05 00 00 00 00 0a 00 00")));
    CHECK(!decode_sense(sense_of("7f 00 05 00 00 00 00 0a 00 00 00 00 00 00")));
    CHECK(!decode_sense(Bytes(18)));
  }
}

TEST_SUITE("ATA through SCSI") {
  TEST_CASE("CHECK CONDITION with CK_COND is what success looks like") {
    const AtaReply reply = answer(ata::read_native_max(true), {check_condition(kNativeMax)}).value();
    CHECK(!reply.failed);
    CHECK(reply.registers->lba == 976773167);
  }

  TEST_CASE("a refusal by the drive is an answer, whether its registers come or not") {
    const auto with = check_condition("72 0b 00 00 00 00 00 0e 09 0c 01 04 00 00 00 00 00 00 00 00 40 51");
    const auto without = check_condition("70 00 0b 00 00 00 00 0a 00 00 00 00 00 00 00 00 00 00");
    const auto libata = check_condition("70 00 05 00 00 00 00 0a 00 00 00 00 21 04 00 00 00 00");
    CHECK(answer(ata::dco_identify(), {with}).value().registers->error == AtaRegisters::kErrorAborted);
    CHECK(answer(ata::dco_identify(), {with}).value().failed);
    CHECK(answer(ata::dco_identify(), {without}).value() == AtaReply{.failed = true, .registers = {}, .data = {}});
    CHECK(answer(ata::dco_identify(), {libata}).value().failed);
  }

  TEST_CASE("a device fault is a refusal, too") {
    const auto fault = check_condition("72 04 44 00 00 00 00 0e 09 0c 01 00 00 00 00 00 00 00 00 00 40 70");
    CHECK(answer(ata::security_freeze_lock(), {fault}).value().failed);
  }

  TEST_CASE("a bridge that knows no ATA commands is told from a drive that refuses one") {
    for (const char* sense : {"70 00 05 00 00 00 00 0a 00 00 00 00 20 00 00 00 00 00",
                              "70 00 05 00 00 00 00 0a 00 00 00 00 24 00 00 00 00 00"})
      CHECK(answer(ata::identify_device(), {check_condition(sense)}).error().code == Errc::Unsupported);
  }

  TEST_CASE("data come only whole") {
    const ScsiReply whole{ScsiReply::kGood, {}, Bytes(512, std::byte{7})};
    const ScsiReply part{ScsiReply::kGood, {}, Bytes(511)};
    const ScsiReply none{ScsiReply::kGood, {}, {}};
    CHECK(answer(ata::identify_device(), {whole}).value().data == Bytes(512, std::byte{7}));
    CHECK(answer(ata::identify_device(), {part}).error().code == Errc::Corrupt);
    CHECK(answer(ata::identify_device(), {none}).error().code == Errc::Corrupt);
    CHECK(answer(ata::security_freeze_lock(), {none}).value() == AtaReply{});
  }

  TEST_CASE("a unit attention is passed over by a command that changes nothing, and told by one that does") {
    const char* const kReset = "70 00 06 00 00 00 00 0a 00 00 00 00 29 00 00 00 00 00";
    CHECK(answer(ata::read_native_max(true), {check_condition(kReset), check_condition(kNativeMax)}).value().registers);
    CHECK(answer(ata::security_erase_prepare(), {check_condition(kReset)}).error().code == Errc::Busy);
    const std::vector<Result<ScsiReply>> always(5, check_condition(kReset));
    CHECK(answer(ata::read_native_max(true), always).error().code == Errc::Busy);
  }

  TEST_CASE("whatever else went wrong is an error") {
    CHECK(answer(ata::identify_device(), {ScsiReply{0x08, {}, {}}}).error().code == Errc::Busy);
    CHECK(answer(ata::identify_device(), {ScsiReply{ScsiReply::kCheckCondition, {}, {}}}).error().code == Errc::Io);
    CHECK(answer(ata::identify_device(), {check_condition("73 0b 11 00 00 00 00 00")}).error().code == Errc::Io);
    CHECK(answer(ata::identify_device(), {Error{Errc::Gone, Stop::DriveGone, "gone"}}).error().code == Errc::Gone);
  }

  TEST_CASE("a command goes in and comes out of a CDB unchanged") {
    AtaCommand command{.name = "any",
                       .opcode = 0x37,
                       .is_48_bit = true,
                       .feature = 0x1234,
                       .count = 0x5678,
                       .lba = 0x665544332211,
                       .device = 0x40};
    CHECK(ata_command_in(ata_pass_through(command)) == command);
    command.is_48_bit = false;
    command.feature = 0x34;
    command.count = 0x78;
    command.lba = 0x0A332211;
    CHECK(ata_command_in(ata_pass_through(command)) == command);
    CHECK(ata_pass_through(command).cdb[13] == std::byte{0x4A});
  }
}

}  // namespace
}  // namespace relance
