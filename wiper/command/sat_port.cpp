#include "wiper/command/sat_port.h"

#include <string>

#include "wiper/command/scsi_commands.h"
#include "wiper/command/sense.h"

namespace relance {
namespace {

constexpr std::size_t kCdbBytes = 16;
constexpr std::byte kExtend{0x01};
// SAT, byte 2: CK_COND asks for the registers even after success; the other three say that the count is the length of the
// data, in blocks of 512 bytes, and where they go.
constexpr std::byte kCheckCondition{0x20};
constexpr std::byte kBlocksIn{0x0E};
constexpr std::byte kBlocksOut{0x06};

// After a reset, and once for each other host that changed something, a device first says so, and does nothing.
constexpr int kUnitAttentions = 4;

std::byte protocol_number(AtaProtocol protocol) {
  switch (protocol) {
    case AtaProtocol::NonData:
      return std::byte{3};
    case AtaProtocol::PioIn:
      return std::byte{4};
    case AtaProtocol::PioOut:
      return std::byte{5};
  }
  return std::byte{0};
}

std::optional<AtaProtocol> protocol_numbered(std::byte number) {
  for (const AtaProtocol protocol : {AtaProtocol::NonData, AtaProtocol::PioIn, AtaProtocol::PioOut})
    if (protocol_number(protocol) == number) return protocol;
  return std::nullopt;
}

std::byte flags_for(AtaProtocol protocol) {
  switch (protocol) {
    case AtaProtocol::NonData:
      return kCheckCondition;
    case AtaProtocol::PioIn:
      return kBlocksIn;
    case AtaProtocol::PioOut:
      return kBlocksOut;
  }
  return std::byte{0};
}

Error trouble(Errc code, const AtaCommand& command, const std::string& detail) {
  return {code, Stop::DriveSick, std::string(command.name) + ": " + detail};
}

// CHECK CONDITION: with CK_COND also what success looks like.
Result<AtaReply> reply_in_sense(const AtaCommand& command, const ScsiReply& reply) {
  const std::optional<Sense> sense = decode_sense(reply.sense);
  if (!sense) return trouble(Errc::Io, command, "CHECK CONDITION without sense");
  if (sense->is_deferred) return trouble(Errc::Io, command, "an earlier command failed, " + to_text(*sense));
  if (sense->registers)
    return AtaReply{sense->registers->is_failure(), sense->registers,
                    sense->registers->is_failure() ? Bytes{} : reply.data};
  switch (sense->key) {
    case SenseKey::NoSense:
    case SenseKey::RecoveredError:
      return AtaReply{false, std::nullopt, reply.data};
    case SenseKey::AbortedCommand:
      return AtaReply{true, std::nullopt, {}};
    case SenseKey::IllegalRequest: {
      // 20h: no such operation code; 24h: a field of the CDB. libata answers 21h for the drive's own refusals.
      const bool is_about_cdb = sense->code == 0x20 || sense->code == 0x24 || sense->code == 0x26;
      if (is_about_cdb) return trouble(Errc::Unsupported, command, "ATA commands do not pass, " + to_text(*sense));
      return AtaReply{true, std::nullopt, {}};
    }
    case SenseKey::UnitAttention:
      return trouble(Errc::Busy, command, to_text(*sense));
    default:
      return trouble(Errc::Io, command, to_text(*sense));
  }
}

}  // namespace

ScsiCommand ata_pass_through(const AtaCommand& command) {
  const auto byte_of = [](std::uint64_t value, unsigned shift) { return static_cast<std::byte>(value >> shift); };
  ScsiCommand scsi{.name = command.name,
                   .cdb = Bytes(kCdbBytes),
                   .bytes_in = command.protocol == AtaProtocol::PioIn ? kAtaBlock : 0,
                   .bytes_out = command.bytes_out,
                   .patience = command.patience};
  Bytes& cdb = scsi.cdb;
  cdb[0] = std::byte{scsi::kAtaPassThrough16};
  cdb[1] = protocol_number(command.protocol) << 1 | (command.is_48_bit ? kExtend : std::byte{0});
  cdb[2] = flags_for(command.protocol);
  cdb[4] = byte_of(command.feature, 0);
  cdb[6] = byte_of(command.count, 0);
  cdb[8] = byte_of(command.lba, 0);
  cdb[10] = byte_of(command.lba, 8);
  cdb[12] = byte_of(command.lba, 16);
  cdb[13] = std::byte{command.device};
  cdb[14] = std::byte{command.opcode};
  if (!command.is_48_bit) {
    cdb[13] |= byte_of(command.lba, 24) & std::byte{0x0F};
    return scsi;
  }
  cdb[3] = byte_of(command.feature, 8);
  cdb[5] = byte_of(command.count, 8);
  cdb[7] = byte_of(command.lba, 24);
  cdb[9] = byte_of(command.lba, 32);
  cdb[11] = byte_of(command.lba, 40);
  return scsi;
}

std::optional<AtaCommand> ata_command_in(const ScsiCommand& command) {
  const Bytes& cdb = command.cdb;
  if (cdb.size() != kCdbBytes || cdb[0] != std::byte{scsi::kAtaPassThrough16}) return std::nullopt;
  const std::optional<AtaProtocol> protocol = protocol_numbered(cdb[1] >> 1);
  if (!protocol) return std::nullopt;
  const auto at = [&](std::size_t index) { return std::to_integer<std::uint64_t>(cdb[index]); };
  AtaCommand inside{.name = command.name,
                    .opcode = static_cast<std::uint8_t>(at(14)),
                    .protocol = *protocol,
                    .is_48_bit = (cdb[1] & kExtend) != std::byte{0},
                    .feature = static_cast<std::uint16_t>(at(4)),
                    .count = static_cast<std::uint16_t>(at(6)),
                    .lba = at(12) << 16 | at(10) << 8 | at(8),
                    .device = static_cast<std::uint8_t>(at(13)),
                    .bytes_out = command.bytes_out,
                    .patience = command.patience};
  if (inside.is_48_bit) {
    inside.feature = static_cast<std::uint16_t>(at(3) << 8 | inside.feature);
    inside.count = static_cast<std::uint16_t>(at(5) << 8 | inside.count);
    inside.lba |= at(11) << 40 | at(9) << 32 | at(7) << 24;
  } else {
    inside.lba |= (at(13) & 0xF) << 24;
    inside.device = static_cast<std::uint8_t>(inside.device & 0xF0);
  }
  // Whatever else a CDB may say: only what we would have made of this command ourselves is understood.
  if (ata_pass_through(inside) != command) return std::nullopt;
  return inside;
}

Result<AtaReply> ata_reply_in(const AtaCommand& command, const ScsiReply& reply) {
  if (reply.status != ScsiReply::kGood && reply.status != ScsiReply::kCheckCondition)
    return trouble(Errc::Busy, command, "SCSI status " + std::to_string(reply.status));
  AtaReply answer;
  if (reply.status == ScsiReply::kCheckCondition)
    answer = TRY(reply_in_sense(command, reply));
  else
    answer.data = reply.data;
  const bool is_short = command.protocol == AtaProtocol::PioIn && !answer.failed && answer.data.size() != kAtaBlock;
  if (is_short) return trouble(Errc::Corrupt, command, std::to_string(answer.data.size()) + " bytes came");
  return answer;
}

Result<AtaReply> SatPort::submit(const AtaCommand& command) {
  const ScsiCommand passed = ata_pass_through(command);
  // Of a command that changes something the caller has to know that the drive was reset.
  for (int met = 0;; ++met) {
    const ScsiReply reply = TRY(port_->submit(passed));
    const std::optional<Sense> sense =
        reply.status == ScsiReply::kCheckCondition ? decode_sense(reply.sense) : std::nullopt;
    const bool again = sense && sense->key == SenseKey::UnitAttention && !sense->registers && met < kUnitAttentions &&
                       changes_nothing(command);
    if (!again) return ata_reply_in(command, reply);
  }
}

}  // namespace relance
