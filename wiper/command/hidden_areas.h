#pragma once
// Parts of an ATA disk that no read or write reaches: behind the host protected area (HPA), behind its successor AMAC, cut
// off by a device configuration overlay (DCO). Looking changes nothing; uncovering does.

#include "wiper/base/fields.h"
#include "wiper/command/ata.h"

namespace relance {

// What came of asking for one size.
enum class SizeAnswer : std::uint8_t {
  NoSuchCommand,  // The drive says that it has none: nothing can be hidden this way.
  Known,
  Denied,   // It has the command, and refused it: locked or frozen by the firmware.
  Unknown,  // The answer did not come through whole, or makes no sense.
};
template <>
struct EnumNames<SizeAnswer> {
  static constexpr std::array<std::string_view, 4> names{"no-such-command", "known", "access-denied", "unknown"};
};

struct AskedSize {
  SizeAnswer answer = SizeAnswer::Unknown;
  std::uint64_t block_count = 0;  // If it is known.

  static constexpr auto fields() {
    return std::tuple{field("answer", &AskedSize::answer), field("block_count", &AskedSize::block_count)};
  }
  bool operator==(const AskedSize&) const = default;
};

// Three sizes of one drive, in its logical blocks.
struct HiddenAreas {
  std::uint64_t current_blocks = 0;  // What IDENTIFY DEVICE gives now; 0: it did not answer.
  AskedSize native;                  // By READ NATIVE MAX, or AMAC.
  AskedSize factory;                 // By DEVICE CONFIGURATION IDENTIFY.

  // Both questions were answered, or cannot be asked of this drive.
  bool are_known() const;
  // The most that any answer knows of.
  std::uint64_t largest_blocks() const;

  static constexpr auto fields() {
    return std::tuple{field("current_blocks", &HiddenAreas::current_blocks), field("native", &HiddenAreas::native),
                      field("factory", &HiddenAreas::factory)};
  }
  bool operator==(const HiddenAreas&) const = default;
};

// By commands that change nothing. A question that fails is an answer, too: Unknown. Errors: Gone only.
Result<HiddenAreas> read_hidden_areas(AtaPort& port);

// DEVICE CONFIGURATION IDENTIFY's block. Corrupt: too short, its checksum is wrong, or a size that cannot be.
struct DeviceConfiguration {
  std::uint16_t revision = 0;
  std::uint64_t block_count = 0;
  bool allows_security = false;
  bool allows_host_protected_area = false;
  bool allows_48_bit = false;
  bool operator==(const DeviceConfiguration&) const = default;
};
Result<DeviceConfiguration> decode_device_configuration(std::span<const std::byte> block);

// The size in the answer to READ NATIVE MAX (EXT) or AMAC.
AskedSize native_size_in(const AtaReply& reply, bool is_48_bit);

// One step towards the drive's whole size. What is left is told by reading the hidden areas again.
enum class Uncovering : std::uint8_t { Done, AccessDenied, PowerCycleRequired };
template <>
struct EnumNames<Uncovering> {
  static constexpr std::array<std::string_view, 3> names{"done", "access-denied", "power-cycle-required"};
};

// HPA or AMAC for good, then DCO; acts only where the sizes differ, and ends at the first refusal. Done: what was asked
// for was accepted; the caller reads the areas again and believes those. Errors: as the port's, and Refused (the port is
// one for looking).
Result<Uncovering> uncover_hidden_areas(AtaPort& port);

}  // namespace relance
