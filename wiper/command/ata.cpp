#include "wiper/command/ata.h"

#include <string>

#include "wiper/command/ata_commands.h"

namespace relance {
namespace {

// SMART of ACS: the features that only read. D4h starts a self-test, D6h writes a log, D8h and D9h switch SMART on and off.
bool smart_reads(std::uint16_t feature) {
  return feature == ata::kSmartReadData || feature == ata::kSmartReadThresholds || feature == ata::kSmartReadLog ||
         feature == ata::kSmartReturnStatus;
}

}  // namespace

bool changes_nothing(const AtaCommand& command) {
  if (command.protocol == AtaProtocol::PioOut) return false;
  switch (command.opcode) {
    case ata::kIdentifyDevice:
    case ata::kReadNativeMax:
    case ata::kReadNativeMaxExt:
      return true;
    case ata::kSmart:
      return smart_reads(command.feature);
    case ata::kSanitizeDevice:  // Bit 0 of the count clears a failure.
      return command.feature == ata::kSanitizeStatus && command.count == 0;
    case ata::kAccessibleMax:
      return command.feature == ata::kAccessibleMaxGet;
    case ata::kDeviceConfiguration:
      return command.feature == ata::kDcoIdentify && command.protocol == AtaProtocol::PioIn;
    default:
      return false;
  }
}

Result<AtaReply> LookingAtaPort::submit(const AtaCommand& command) {
  if (!changes_nothing(command))
    return Error{Errc::Refused, Stop::WrongConfirmation,
                 std::string(command.name) + " changes the drive, and nobody has confirmed that"};
  return port_.submit(command);
}

}  // namespace relance
