#include "wiper/command/sense.h"

#include <algorithm>
#include <cstdio>

namespace relance {
namespace {

constexpr std::uint8_t kFixedNow = 0x70;
constexpr std::uint8_t kFixedDeferred = 0x71;
constexpr std::uint8_t kDescriptorNow = 0x72;
constexpr std::uint8_t kDescriptorDeferred = 0x73;

// SAT: ATA PASS-THROUGH INFORMATION AVAILABLE.
constexpr std::uint8_t kAtaInformation = 0x1D;

std::uint8_t byte_at(std::span<const std::byte> bytes, std::size_t index) {
  return std::to_integer<std::uint8_t>(bytes[index]);
}

// SAT, ATA Status Return descriptor: each register of a 48-bit answer as high byte, low byte; without EXTEND (byte 2 bit 0)
// the high ones mean nothing.
AtaRegisters registers_in_descriptor(std::span<const std::byte> descriptor) {
  const auto at = [&](std::size_t index) { return std::uint64_t{byte_at(descriptor, index)}; };
  AtaRegisters registers{.error = byte_at(descriptor, 3),
                         .status = byte_at(descriptor, 13),
                         .device = byte_at(descriptor, 12),
                         .count = static_cast<std::uint16_t>(at(5)),
                         .lba = at(11) << 16 | at(9) << 8 | at(7)};
  const bool is_48_bit = (byte_at(descriptor, 2) & 1) != 0;
  if (!is_48_bit) return registers;
  registers.count = static_cast<std::uint16_t>(at(4) << 8 | at(5));
  registers.lba |= at(10) << 40 | at(8) << 32 | at(6) << 24;
  return registers;
}

// SAT, fixed format: INFORMATION holds error, status, device, count; COMMAND-SPECIFIC INFORMATION says in byte 8 whether an
// upper half was not zero, for which there is no room, and then has the lower LBA. Drafts of SAT and the bridges built by
// them have those three bytes the other way round, and nothing tells which: this LBA is never whole.
AtaRegisters registers_in_fixed(std::span<const std::byte> sense) {
  const auto at = [&](std::size_t index) { return std::uint64_t{byte_at(sense, index)}; };
  const bool is_48_bit = (at(8) & 0x80) != 0;
  return {.error = byte_at(sense, 3),
          .status = byte_at(sense, 4),
          .device = byte_at(sense, 5),
          .count = static_cast<std::uint16_t>(at(6)),
          .lba = at(11) << 16 | at(10) << 8 | at(9),
          .count_is_whole = !is_48_bit || (at(8) & 0x40) == 0,
          .lba_is_whole = false};
}

void add_descriptors(std::span<const std::byte> sense, Sense& decoded) {
  constexpr std::size_t kHeader = 8;
  constexpr std::uint8_t kSenseKeySpecific = 0x02;
  constexpr std::uint8_t kAtaStatusReturn = 0x09;
  const std::size_t end = std::min(sense.size(), kHeader + byte_at(sense, 7));
  for (std::size_t at = kHeader; at + 2 <= end;) {
    const std::size_t length = 2 + std::size_t{byte_at(sense, at + 1)};
    if (at + length > end) return;
    const auto descriptor = sense.subspan(at, length);
    const std::uint8_t kind = byte_at(descriptor, 0);
    if (kind == kAtaStatusReturn && length >= 14) decoded.registers = registers_in_descriptor(descriptor);
    const bool has_progress = kind == kSenseKeySpecific && length >= 8 && (byte_at(descriptor, 4) & 0x80) != 0;
    if (has_progress) decoded.progress = load_be<std::uint16_t>(descriptor.subspan(5));
    at += length;
  }
}

Sense decode_descriptor(std::span<const std::byte> sense) {
  Sense decoded{.key = static_cast<SenseKey>(byte_at(sense, 1) & 0xF),
                .code = byte_at(sense, 2),
                .qualifier = byte_at(sense, 3),
                .is_deferred = (byte_at(sense, 0) & 0x7F) == kDescriptorDeferred,
                .progress = {},
                .registers = {}};
  add_descriptors(sense, decoded);
  return decoded;
}

Sense decode_fixed(std::span<const std::byte> sense) {
  Sense decoded{.key = static_cast<SenseKey>(byte_at(sense, 2) & 0xF),
                .code = byte_at(sense, 12),
                .qualifier = byte_at(sense, 13),
                .is_deferred = (byte_at(sense, 0) & 0x7F) == kFixedDeferred,
                .progress = {},
                .registers = {}};
  // Elsewhere than beside this code INFORMATION is something else; and up to Linux 6.10 libata puts the registers of a
  // refused command at other offsets.
  const bool has_registers = decoded.code == 0 && decoded.qualifier == kAtaInformation;
  if (has_registers) decoded.registers = registers_in_fixed(sense);
  const bool has_progress = sense.size() >= 18 && (byte_at(sense, 15) & 0x80) != 0;
  if (has_progress) decoded.progress = load_be<std::uint16_t>(sense.subspan(16));
  return decoded;
}

}  // namespace

std::optional<Sense> decode_sense(std::span<const std::byte> sense) {
  constexpr std::size_t kShortestFixed = 14;
  constexpr std::size_t kShortestDescriptor = 8;
  if (sense.size() < kShortestDescriptor) return std::nullopt;
  switch (byte_at(sense, 0) & 0x7F) {
    case kFixedNow:
    case kFixedDeferred:
      if (sense.size() < kShortestFixed) return std::nullopt;
      return decode_fixed(sense);
    case kDescriptorNow:
    case kDescriptorDeferred:
      return decode_descriptor(sense);
    default:
      return std::nullopt;
  }
}

std::string to_text(const Sense& sense) {
  char text[32];
  std::snprintf(text, sizeof text, "sense %X/%02X/%02X", static_cast<unsigned>(sense.key), sense.code, sense.qualifier);
  return text;
}

}  // namespace relance
