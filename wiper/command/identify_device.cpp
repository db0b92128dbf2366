#include "wiper/command/identify_device.h"

#include <algorithm>
#include <numeric>

#include "wiper/command/ata_commands.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr std::uint16_t kCompactFlash = 0x848A;
constexpr std::uint32_t kSmallestSector = 512;
constexpr std::uint32_t kLargestSector = 65536;
constexpr std::uint64_t kLargestSectorCount = std::uint64_t{1} << 48;

Error corrupt(std::string detail) { return {Errc::Corrupt, Stop::DriveSick, "IDENTIFY DEVICE: " + std::move(detail)}; }

class Words {
 public:
  explicit Words(std::span<const std::byte> block) : block_(block) {}

  std::uint16_t at(std::size_t index) const { return load_le<std::uint16_t>(block_.subspan(2 * index)); }
  std::uint32_t two_at(std::size_t index) const { return load_le<std::uint32_t>(block_.subspan(2 * index)); }
  std::uint64_t four_at(std::size_t index) const { return load_le<std::uint64_t>(block_.subspan(2 * index)); }
  bool bit(std::size_t index, unsigned bit) const { return (at(index) >> bit & 1) != 0; }
  std::string text(std::size_t first, std::size_t last) const {
    return ata_text(block_.subspan(2 * first, 2 * (last - first + 1)));
  }

  // ACS marks some words: bits 15:14 are 01 where the rest of it, and of those before it, is to be believed.
  bool is_marked(std::size_t index) const { return at(index) >> 14 == 1; }
  // A word of an old drive that does not know it is 0 or FFFFh.
  bool is_given(std::size_t index) const { return at(index) != 0 && at(index) != 0xFFFF; }

 private:
  std::span<const std::byte> block_;
};

// ACS: 2 minutes a unit. Bit 15 clear: 8 bits, 255 is "more than 508"; set: 15 bits, 32767 is "more than 65532".
std::optional<unsigned> minutes_in(std::uint16_t word) {
  constexpr std::uint16_t kLongForm = 1 << 15;
  const unsigned units = (word & kLongForm) != 0 ? word & 0x7FFFU : word & 0xFFU;
  if (units == 0) return std::nullopt;
  return 2 * units;
}

AtaSecurity security_in(const Words& words) {
  AtaSecurity security;
  const bool is_said = words.at(128) != 0xFFFF;
  security.is_supported = is_said && words.bit(128, 0);
  if (!security.is_supported) return security;
  security.is_enabled = words.bit(128, 1);
  security.is_locked = words.bit(128, 2);
  security.is_frozen = words.bit(128, 3);
  security.is_expired = words.bit(128, 4);
  security.has_enhanced_erase = words.bit(128, 5);
  security.is_master_maximum = words.bit(128, 8);
  security.master_identifier = words.at(92);
  security.erase_minutes = minutes_in(words.at(89));
  security.enhanced_erase_minutes = minutes_in(words.at(90));
  return security;
}

AtaSanitize sanitize_in(const Words& words) {
  AtaSanitize sanitize;
  sanitize.is_supported = words.is_given(59) && words.bit(59, 12);
  if (!sanitize.is_supported) return sanitize;
  sanitize.has_antifreeze_lock = words.bit(59, 10);
  sanitize.has_crypto_scramble = words.bit(59, 13);
  sanitize.has_overwrite = words.bit(59, 14);
  sanitize.has_block_erase = words.bit(59, 15);
  return sanitize;
}

// Words 60–61 stop at 28 bits, 100–103 at 48; 230–233 are for those who say so in word 69 bit 3.
std::uint64_t sectors_in(const Words& words, bool has_48_bit) {
  const bool is_extended = words.is_given(69) && words.bit(69, 3);
  if (is_extended && words.four_at(230) != 0) return words.four_at(230);
  if (has_48_bit && words.four_at(100) != 0) return words.four_at(100);
  return words.two_at(60);
}

Result<std::uint32_t> logical_bytes_in(const Words& words) {
  const bool is_longer = words.is_marked(106) && words.bit(106, 12);
  if (!is_longer) return kSmallestSector;
  const std::uint64_t bytes = std::uint64_t{2} * words.two_at(117);
  if (bytes < kSmallestSector || bytes > kLargestSector)
    return corrupt("sectors of " + std::to_string(bytes) + " bytes");
  return static_cast<std::uint32_t>(bytes);
}

std::uint32_t physical_bytes_in(const Words& words, std::uint32_t logical_bytes) {
  const bool is_larger = words.is_marked(106) && words.bit(106, 13);
  const std::uint64_t bytes = std::uint64_t{logical_bytes} << (is_larger ? words.at(106) & 0xF : 0);
  return bytes <= (1U << 20) ? static_cast<std::uint32_t>(bytes) : logical_bytes;
}

// Word 217: 1 without rotation, else rotations per minute from 0401h; the rest is reserved or says nothing.
std::optional<unsigned> rotations_in(const Words& words) {
  const std::uint16_t rate = words.at(217);
  if (rate == 1) return 0;
  if (rate >= 0x0401 && rate != 0xFFFF) return rate;
  return std::nullopt;
}

Result<void> check_block(std::span<const std::byte> block) {
  if (block.size() < kAtaBlock) return corrupt("an answer of " + std::to_string(block.size()) + " bytes");
  const auto bytes = block.first(kAtaBlock);
  const bool is_one_value = std::ranges::all_of(bytes, [&](std::byte byte) { return byte == bytes[0]; });
  if (is_one_value) return corrupt("nothing but one value");
  // Word 255: A5h says that a checksum follows, and that all bytes together are 0.
  const bool has_checksum = bytes[510] == std::byte{0xA5};
  const auto sum = std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned so_far, std::byte byte) {
    return so_far + std::to_integer<unsigned>(byte);
  });
  if (has_checksum && sum % 256 != 0) return corrupt("its checksum is wrong");
  return {};
}

}  // namespace

std::string ata_text(std::span<const std::byte> words) {
  std::string text;
  for (std::size_t i = 0; i + 1 < words.size(); i += 2) {
    text += std::to_integer<char>(words[i + 1]);
    text += std::to_integer<char>(words[i]);
  }
  return sanitise_text(text);
}

Result<IdentifyDevice> decode_identify_device(std::span<const std::byte> block) {
  TRY(check_block(block));
  const Words words(block.first(kAtaBlock));
  IdentifyDevice device;
  device.is_compact_flash = words.at(0) == kCompactFlash;
  if (words.bit(0, 15) && !device.is_compact_flash) return corrupt("not a disk's");

  device.serial = words.text(10, 19);
  device.firmware = words.text(23, 26);
  device.model = words.text(27, 46);

  const bool has_features = words.is_marked(83);
  device.has_smart = has_features && words.bit(82, 0);
  device.has_host_protected_area = has_features && words.bit(82, 10);
  device.has_set_max_security = has_features && words.bit(83, 8);
  device.has_48_bit = has_features && words.bit(83, 10);
  device.has_configuration_overlay = has_features && words.bit(83, 11);
  device.has_accessible_max = words.is_marked(119) && words.bit(119, 8);
  const bool has_wwn = words.is_marked(87) && words.bit(87, 8);
  // Four words, the first one the most significant.
  if (has_wwn)
    device.wwn = std::uint64_t{words.at(108)} << 48 | std::uint64_t{words.at(109)} << 32 |
                 std::uint64_t{words.at(110)} << 16 | words.at(111);

  device.sectors = sectors_in(words, device.has_48_bit);
  if (device.sectors > kLargestSectorCount) return corrupt(std::to_string(device.sectors) + " sectors");
  device.logical_bytes = TRY(logical_bytes_in(words));
  device.physical_bytes = physical_bytes_in(words, device.logical_bytes);

  device.rotations_per_minute = rotations_in(words);
  device.has_trim = words.is_given(169) && words.bit(169, 0);
  device.trims_to_zeros = device.has_trim && words.is_given(69) && words.bit(69, 14) && words.bit(69, 5);
  device.encrypts_all = words.is_given(69) && words.bit(69, 4);
  device.security = security_in(words);
  device.sanitize = sanitize_in(words);
  return device;
}

Result<IdentifyDevice> read_identify_device(AtaPort& port) {
  const AtaReply reply = TRY(port.submit(ata::identify_device()));
  if (reply.failed) return Error{Errc::Unsupported, Stop::DriveSick, "IDENTIFY DEVICE is refused: no ATA disk"};
  return decode_identify_device(reply.data);
}

}  // namespace relance
