#include "wiper/command/hidden_areas.h"

#include <algorithm>
#include <numeric>

#include "wiper/command/ata_commands.h"
#include "wiper/command/identify_device.h"

namespace relance {
namespace {

constexpr std::uint64_t kLast28 = 0x0FFFFFFF;
constexpr std::uint64_t kLast48 = 0xFFFFFFFFFFFF;

Error corrupt(const char* detail) {
  return {Errc::Corrupt, Stop::DriveSick, std::string("DEVICE CONFIGURATION IDENTIFY: ") + detail};
}

constexpr AskedSize kNoSuchCommand{SizeAnswer::NoSuchCommand, 0};
constexpr AskedSize kDenied{SizeAnswer::Denied, 0};
constexpr AskedSize kUnknown{SizeAnswer::Unknown, 0};

// Only a drive that is gone ends the questions: whatever else goes wrong leaves one of them open.
Result<AskedSize> unknown_unless_gone(const Error& error) {
  if (error.code == Errc::Gone) return error;
  return kUnknown;
}

Result<AskedSize> ask_native(AtaPort& port, const IdentifyDevice& device) {
  if (!device.has_accessible_max && !device.has_host_protected_area) return kNoSuchCommand;
  const bool is_48_bit = device.has_accessible_max || device.has_48_bit;
  const Result<AtaReply> reply =
      port.submit(device.has_accessible_max ? ata::accessible_max_get() : ata::read_native_max(is_48_bit));
  if (!reply.ok()) return unknown_unless_gone(reply.error());
  return native_size_in(reply.value(), is_48_bit);
}

// ATA8-ACS: DEVICE CONFIGURATION IDENTIFY is aborted once the overlay is frozen.
Result<AskedSize> ask_factory(AtaPort& port, const IdentifyDevice& device) {
  if (!device.has_configuration_overlay) return kNoSuchCommand;
  const Result<AtaReply> reply = port.submit(ata::dco_identify());
  if (!reply.ok()) return unknown_unless_gone(reply.error());
  if (reply.value().failed) return kDenied;
  const Result<DeviceConfiguration> configuration = decode_device_configuration(reply.value().data);
  if (!configuration.ok()) return kUnknown;
  return AskedSize{SizeAnswer::Known, configuration.value().block_count};
}

bool is_answered(const AskedSize& size) {
  return size.answer == SizeAnswer::Known || size.answer == SizeAnswer::NoSuchCommand;
}

std::uint64_t known(const AskedSize& size) { return size.answer == SizeAnswer::Known ? size.block_count : 0; }

// ACS: a change for good is refused when one was made since power-on; then, and only then, a power cycle helps.
Uncovering refused(const IdentifyDevice& device) {
  const bool may_be_locked = device.has_set_max_security && !device.has_accessible_max;
  return may_be_locked ? Uncovering::AccessDenied : Uncovering::PowerCycleRequired;
}

Result<Uncovering> uncover_native(AtaPort& port, const IdentifyDevice& device) {
  const AskedSize native = TRY(ask_native(port, device));
  if (native.answer == SizeAnswer::Denied) return Uncovering::AccessDenied;
  if (known(native) <= device.sectors) return Uncovering::Done;
  const std::uint64_t last = native.block_count - 1;
  // SET MAX comes immediately after READ NATIVE MAX, which ask_native() has just sent.
  const AtaReply reply =
      TRY(port.submit(device.has_accessible_max ? ata::accessible_max_set(last)
                                                : ata::set_max(device.has_48_bit, last, ata::Keeps::ForGood)));
  return reply.failed ? refused(device) : Uncovering::Done;
}

Result<Uncovering> uncover_factory(AtaPort& port, const IdentifyDevice& device) {
  const AskedSize factory = TRY(ask_factory(port, device));
  if (factory.answer == SizeAnswer::Denied) return Uncovering::AccessDenied;
  if (known(factory) <= device.sectors) return Uncovering::Done;
  const AtaReply reply = TRY(port.submit(ata::dco_restore()));
  return reply.failed ? Uncovering::PowerCycleRequired : Uncovering::Done;
}

}  // namespace

bool HiddenAreas::are_known() const { return current_blocks > 0 && is_answered(native) && is_answered(factory); }

std::uint64_t HiddenAreas::largest_blocks() const { return std::max({current_blocks, known(native), known(factory)}); }

Result<HiddenAreas> read_hidden_areas(AtaPort& port) {
  const Result<IdentifyDevice> device = read_identify_device(port);
  if (!device.ok()) {
    if (device.error().code == Errc::Gone) return device.error();
    return HiddenAreas{};
  }
  HiddenAreas areas{.current_blocks = device.value().sectors, .native = {}, .factory = {}};
  areas.native = TRY(ask_native(port, device.value()));
  areas.factory = TRY(ask_factory(port, device.value()));
  return areas;
}

// Words 3 to 6: the last LBA that the drive can be configured to. Word 7: what may be offered. Word 255 as in IDENTIFY,
// but here the checksum is not optional.
Result<DeviceConfiguration> decode_device_configuration(std::span<const std::byte> block) {
  constexpr std::size_t kLastAt = 6;
  constexpr std::size_t kFeaturesAt = 14;
  if (block.size() < kAtaBlock) return corrupt("too short");
  const auto bytes = block.first(kAtaBlock);
  const auto sum = std::accumulate(bytes.begin(), bytes.end(), 0U, [](unsigned so_far, std::byte byte) {
    return so_far + std::to_integer<unsigned>(byte);
  });
  if (bytes[510] != std::byte{0xA5} || sum % 256 != 0) return corrupt("its checksum is wrong");
  const auto last = load_le<std::uint64_t>(bytes.subspan(kLastAt));
  if (last == 0 || last > kLast48) return corrupt("a size that cannot be");
  const auto features = load_le<std::uint16_t>(bytes.subspan(kFeaturesAt));
  return DeviceConfiguration{.revision = load_le<std::uint16_t>(bytes),
                             .block_count = last + 1,
                             .allows_security = (features >> 3 & 1) != 0,
                             .allows_host_protected_area = (features >> 7 & 1) != 0,
                             .allows_48_bit = (features >> 8 & 1) != 0};
}

AskedSize native_size_in(const AtaReply& reply, bool is_48_bit) {
  if (reply.failed) return kDenied;
  if (!reply.registers) return kUnknown;
  const AtaRegisters& registers = *reply.registers;
  if (!registers.lba_is_whole) return kUnknown;
  if (is_48_bit) return registers.lba == 0 ? kUnknown : AskedSize{SizeAnswer::Known, registers.lba + 1};
  const std::uint64_t last = (std::uint64_t{registers.device} & 0xF) << 24 | (registers.lba & 0xFFFFFF);
  if (last == 0) return kUnknown;
  // 28 bits say "at least that much" when all are set.
  return last == kLast28 ? kUnknown : AskedSize{SizeAnswer::Known, last + 1};
}

Result<Uncovering> uncover_hidden_areas(AtaPort& port) {
  const IdentifyDevice before = TRY(read_identify_device(port));
  const Uncovering native = TRY(uncover_native(port, before));
  if (native != Uncovering::Done) return native;
  // ATA8-ACS: DEVICE CONFIGURATION RESTORE is aborted while a host protected area is set. It is gone now, or never was.
  const IdentifyDevice after = TRY(read_identify_device(port));
  return uncover_factory(port, after);
}

}  // namespace relance
