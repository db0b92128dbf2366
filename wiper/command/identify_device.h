#pragma once
// What an ATA drive says of itself: the 256 words of IDENTIFY DEVICE, decoded by ACS. Hostile bytes: every text comes out
// sanitised, every number is what stood there and no more; a word whose mark of validity is missing counts as absent.

#include <span>
#include <string>

#include "wiper/command/ata.h"

namespace relance {

struct AtaSecurity {
  bool is_supported = false;
  bool is_enabled = false;  // A user password is set.
  bool is_locked = false;
  bool is_frozen = false;
  bool is_expired = false;  // Too many wrong passwords: until power off.
  bool has_enhanced_erase = false;
  bool is_master_maximum = false;  // The master password only erases; it does not unlock.
  std::uint16_t master_identifier = 0;
  // Minutes that the drive says it takes; nothing: not said. The largest value of a field means "more than that".
  std::optional<unsigned> erase_minutes;
  std::optional<unsigned> enhanced_erase_minutes;
  bool operator==(const AtaSecurity&) const = default;
};

struct AtaSanitize {
  bool is_supported = false;
  bool has_crypto_scramble = false;
  bool has_overwrite = false;
  bool has_block_erase = false;
  bool has_antifreeze_lock = false;
  bool operator==(const AtaSanitize&) const = default;
};

struct IdentifyDevice {
  std::string serial;
  std::string firmware;
  std::string model;
  std::optional<std::uint64_t> wwn;

  std::uint64_t sectors = 0;  // That can be addressed now.
  std::uint32_t logical_bytes = 512;
  std::uint32_t physical_bytes = 512;
  bool has_48_bit = false;

  bool is_compact_flash = false;
  std::optional<unsigned> rotations_per_minute;  // 0: it does not rotate. Nothing: not said.
  bool has_trim = false;
  bool trims_to_zeros = false;  // Claims so. Never evidence.
  bool encrypts_all = false;    // Claims so.

  bool has_smart = false;
  bool has_host_protected_area = false;  // The commands, not an area.
  bool has_set_max_security = false;     // Its password or its lock may be set.
  bool has_accessible_max = false;
  bool has_configuration_overlay = false;

  AtaSecurity security;
  AtaSanitize sanitize;
  bool operator==(const IdentifyDevice&) const = default;
};

// Corrupt: too short, no ATA device's answer, a checksum that is there and wrong, or nothing but one value.
Result<IdentifyDevice> decode_identify_device(std::span<const std::byte> block);

// ACS: text has its first letter in the upper byte of each word. Sanitised.
std::string ata_text(std::span<const std::byte> words);

// Asks and decodes.
Result<IdentifyDevice> read_identify_device(AtaPort& port);

}  // namespace relance
