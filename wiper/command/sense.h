#pragma once
// Sense data: why a SCSI command was not simply good. Both formats of SPC, and what SAT puts into either of them: the ATA
// registers. Hostile bytes.

#include <span>
#include <string>

#include "wiper/command/ata.h"

namespace relance {

enum class SenseKey : std::uint8_t {
  NoSense = 0x0,
  RecoveredError = 0x1,
  NotReady = 0x2,
  MediumError = 0x3,
  HardwareError = 0x4,
  IllegalRequest = 0x5,
  UnitAttention = 0x6,
  DataProtect = 0x7,
  AbortedCommand = 0xB,
};

struct Sense {
  SenseKey key = SenseKey::NoSense;       // May be a value without a name.
  std::uint8_t code = 0;                  // ASC
  std::uint8_t qualifier = 0;             // ASCQ
  bool is_deferred = false;               // Of an earlier command.
  std::optional<std::uint16_t> progress;  // Of 65536.
  std::optional<AtaRegisters> registers;  // ATA PASS-THROUGH only.

  bool says(SenseKey its_key, std::uint8_t its_code, std::uint8_t its_qualifier) const {
    return key == its_key && code == its_code && qualifier == its_qualifier;
  }
  bool operator==(const Sense&) const = default;
};

// Nothing: too short, or in no format of SPC.
std::optional<Sense> decode_sense(std::span<const std::byte> sense);

std::string to_text(const Sense& sense);  // "sense 5/20/00"

}  // namespace relance
