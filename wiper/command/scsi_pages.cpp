#include "wiper/command/scsi_pages.h"

#include "wiper/command/scsi_commands.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr std::size_t kPageHeader = 4;

Error corrupt(std::string detail) {
  return {Errc::Corrupt, Stop::DriveSick, "READ CAPACITY(16): " + std::move(detail)};
}

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<std::uint8_t>(bytes[index]);
}

// SPC: byte 1 is the page, bytes 2–3 how many follow. Empty if it is another page, cut, or shorter than what is wanted.
std::span<const std::byte> body_of(std::span<const std::byte> page, std::uint8_t code, std::size_t at_least) {
  if (page.size() < kPageHeader || byte_at(page, 1) != code) return {};
  const std::size_t length = load_be<std::uint16_t>(page.subspan(2));
  if (length > page.size() - kPageHeader || length < at_least) return {};
  return page.subspan(kPageHeader, length);
}

// SPC: one designator, 4 bytes of header and the name. Binary names of the logical unit only; type 2 is EUI-64, 3 is NAA.
std::optional<std::string> world_wide_name(std::span<const std::byte> designator) {
  constexpr unsigned kBinary = 1;
  constexpr unsigned kEui = 2;
  constexpr unsigned kNaa = 3;
  const unsigned code_set = byte_at(designator, 0) & 0xF;
  const unsigned association = byte_at(designator, 1) >> 4 & 3;
  const unsigned type = byte_at(designator, 1) & 0xF;
  const auto name = designator.subspan(4);
  if (code_set != kBinary || association != 0) return std::nullopt;
  const bool is_naa = type == kNaa && (name.size() == 8 || name.size() == 16);
  const bool is_eui = type == kEui && (name.size() == 8 || name.size() == 12 || name.size() == 16);
  if (is_naa) return "naa." + to_hex(name);
  if (is_eui) return "eui." + to_hex(name);
  return std::nullopt;
}

}  // namespace

Result<ScsiCapacity> decode_read_capacity_16(std::span<const std::byte> data) {
  constexpr std::size_t kShortest = 14;
  constexpr std::uint32_t kLargestBlock = 65536;
  constexpr std::uint64_t kLargestCount = std::uint64_t{1} << 47;  // Times the largest block: still a size in bytes.
  if (data.size() < kShortest) return corrupt("an answer of " + std::to_string(data.size()) + " bytes");
  const auto last = load_be<std::uint64_t>(data);
  ScsiCapacity capacity;
  capacity.block_bytes = load_be<std::uint32_t>(data.subspan(8));
  if (last >= kLargestCount) return corrupt("a size that cannot be");
  if (capacity.block_bytes == 0 || capacity.block_bytes > kLargestBlock)
    return corrupt("blocks of " + std::to_string(capacity.block_bytes) + " bytes");
  capacity.block_count = last + 1;
  capacity.has_protection = (byte_at(data, 12) & 1) != 0;
  const unsigned exponent = byte_at(data, 13) & 0xF;
  const std::uint64_t physical = std::uint64_t{capacity.block_bytes} << exponent;
  capacity.physical_bytes = physical <= (1U << 20) ? static_cast<std::uint32_t>(physical) : capacity.block_bytes;
  return capacity;
}

std::optional<std::string> decode_serial_page(std::span<const std::byte> page) {
  const auto body = body_of(page, scsi::kSerialPage, 1);
  if (body.empty()) return std::nullopt;
  return sanitise_text(as_text(body));
}

// NAA before EUI-64, as Linux has it: both name the same unit.
std::optional<std::string> decode_identification_page(std::span<const std::byte> page) {
  std::optional<std::string> best;
  auto rest = body_of(page, scsi::kIdentificationPage, 4);
  while (rest.size() >= 4) {
    const std::size_t length = 4 + std::size_t{byte_at(rest, 3)};
    if (length > rest.size()) break;
    const std::optional<std::string> name = world_wide_name(rest.first(length));
    const bool is_better = name && (!best || (name->starts_with("naa.") && !best->starts_with("naa.")));
    if (is_better) best = name;
    rest = rest.subspan(length);
  }
  return best;
}

std::optional<BlockLimits> decode_block_limits_page(std::span<const std::byte> page) {
  constexpr std::size_t kOld = 12;  // SBC-2 ends before UNMAP.
  constexpr std::size_t kWithUnmap = 20;
  const auto body = body_of(page, scsi::kBlockLimitsPage, kOld);
  if (body.empty()) return std::nullopt;
  BlockLimits limits{.largest_transfer_blocks = load_be<std::uint32_t>(body.subspan(4)),
                     .optimal_transfer_blocks = load_be<std::uint32_t>(body.subspan(8))};
  if (body.size() >= kWithUnmap) limits.largest_unmap_blocks = load_be<std::uint32_t>(body.subspan(16));
  return limits;
}

std::optional<BlockCharacteristics> decode_block_characteristics_page(std::span<const std::byte> page) {
  const auto body = body_of(page, scsi::kBlockCharacteristicsPage, 5);
  if (body.empty()) return std::nullopt;
  BlockCharacteristics found;
  const auto rate = load_be<std::uint16_t>(body);
  if (rate == 1) found.rotations_per_minute = 0;
  if (rate >= 0x0401 && rate != 0xFFFF) found.rotations_per_minute = rate;
  found.zones = static_cast<Zones>(byte_at(body, 4) >> 4 & 3);
  return found;
}

}  // namespace relance
