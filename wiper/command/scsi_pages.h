#pragma once
// What a SCSI disk says of itself: READ CAPACITY(16) of SBC-4, and the VPD pages of SPC-4 and SBC-4. Hostile bytes; every
// text comes out sanitised.

#include <optional>
#include <span>
#include <string>

#include "wiper/base/bytes.h"

namespace relance {

struct ScsiCapacity {
  std::uint64_t block_count = 0;
  std::uint32_t block_bytes = 512;
  std::uint32_t physical_bytes = 512;
  bool has_protection = false;  // 8 more bytes a block, which a format has to take away first.
  bool operator==(const ScsiCapacity&) const = default;
};
// Corrupt: too short, no blocks, or a size that cannot be.
Result<ScsiCapacity> decode_read_capacity_16(std::span<const std::byte> data);

// Page 80h: the serial number. Nothing: not that page, or cut short.
std::optional<std::string> decode_serial_page(std::span<const std::byte> page);

// Page 83h: the name of the logical unit (association 0) that is the same all over the world, as Linux writes it:
// "naa.5000cca6a9d12345", "eui.…". Nothing: none of these is there.
std::optional<std::string> decode_identification_page(std::span<const std::byte> page);

// Page B0h: how many blocks one command may have; 0: not said.
struct BlockLimits {
  std::uint32_t largest_transfer_blocks = 0;
  std::uint32_t optimal_transfer_blocks = 0;
  std::uint32_t largest_unmap_blocks = 0;
  bool operator==(const BlockLimits&) const = default;
};
std::optional<BlockLimits> decode_block_limits_page(std::span<const std::byte> page);

enum class Zones : std::uint8_t { NotSaid, HostAware, DriveManaged, Other };
struct BlockCharacteristics {
  std::optional<unsigned> rotations_per_minute;  // 0: it does not rotate. Nothing: not said.
  Zones zones = Zones::NotSaid;
  bool operator==(const BlockCharacteristics&) const = default;
};
std::optional<BlockCharacteristics> decode_block_characteristics_page(std::span<const std::byte> page);

}  // namespace relance
