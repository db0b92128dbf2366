#include "wiper/command/scsi.h"

#include <string>

#include "wiper/command/sat_port.h"
#include "wiper/command/scsi_commands.h"

namespace relance {

bool changes_nothing(const ScsiCommand& command) {
  if (command.cdb.empty() || !command.bytes_out.empty()) return false;
  switch (std::to_integer<std::uint8_t>(command.cdb[0])) {
    case scsi::kTestUnitReady:
    case scsi::kRequestSense:
    case scsi::kInquiry:
    case scsi::kReadCapacity10:
      return true;
    case scsi::kServiceActionIn16:  // Its other service actions are not all reading.
      return command.cdb.size() == 16 && (command.cdb[1] & std::byte{0x1F}) == std::byte{scsi::kReadCapacity16};
    case scsi::kAtaPassThrough16: {
      const std::optional<AtaCommand> inside = ata_command_in(command);
      return inside && changes_nothing(*inside);
    }
    default:
      return false;
  }
}

Result<ScsiReply> LookingScsiPort::submit(const ScsiCommand& command) {
  if (!changes_nothing(command))
    return Error{Errc::Refused, Stop::WrongConfirmation,
                 std::string(command.name) + " changes the drive, and nobody has confirmed that"};
  return port_.submit(command);
}

}  // namespace relance
