#include "wiper/sim/simulated_ata_drive.h"

#include <algorithm>
#include <numeric>

#include "wiper/command/ata_commands.h"

namespace relance {
namespace {

constexpr std::uint8_t kReady = 0x50;
constexpr std::size_t kPasswordAt = 2;

// SANITIZE, ACS-3: why it was refused, in LBA 7:0 of an aborted command.
constexpr std::uint64_t kBecauseFailed = 1;
constexpr std::uint64_t kBecauseUnsupported = 2;
constexpr std::uint64_t kBecauseFrozen = 3;

// SANITIZE STATUS EXT: count 15 completed, 14 running, 13 frozen.
constexpr std::uint16_t kCompleted = 1 << 15;
constexpr std::uint16_t kRunning = 1 << 14;
constexpr std::uint16_t kFrozen = 1 << 13;

AtaReply good(AtaRegisters registers = {}) {
  registers.status = kReady;
  return {false, registers, {}};
}
AtaReply refusal(std::uint64_t reason = 0) {
  return {
      true,
      AtaRegisters{.error = AtaRegisters::kErrorAborted, .status = kReady | AtaRegisters::kStatusError, .lba = reason},
      {}};
}

class BlockOfWords {
 public:
  void put(std::size_t index, unsigned value) {
    store_le<std::uint16_t>(std::span(block_).subspan(2 * index), static_cast<std::uint16_t>(value));
  }
  void put_four(std::size_t index, std::uint64_t value) {
    store_le<std::uint64_t>(std::span(block_).subspan(2 * index), value);
  }
  void text(std::size_t first, std::size_t last, std::string_view letters) {
    for (std::size_t i = 0; i < 2 * (last - first + 1); ++i)
      block_[2 * first + (i ^ 1)] = static_cast<std::byte>(i < letters.size() ? letters[i] : ' ');
  }
  // Word 255: A5h, and what makes the sum of all bytes 0.
  AtaReply sealed() {
    block_[510] = std::byte{0xA5};
    const unsigned sum = std::accumulate(block_.begin(), block_.end(), 0U, [](unsigned so_far, std::byte byte) {
      return so_far + std::to_integer<unsigned>(byte);
    });
    block_[511] = static_cast<std::byte>(256 - sum % 256);
    return {false, std::nullopt, block_};
  }

 private:
  Bytes block_ = Bytes(kAtaBlock);
};

constexpr unsigned bit(unsigned number, bool is_set = true) { return is_set ? 1U << number : 0; }

}  // namespace

SimulatedAtaDrive::SimulatedAtaDrive(SimulatedDrive& drive, AtaTemper temper)
    : drive_(drive),
      temper_(std::move(temper)),
      factory_(temper_.factory_blocks > 0 ? temper_.factory_blocks : drive.geometry().block_count),
      configured_(temper_.configured_blocks > 0 ? temper_.configured_blocks : factory_),
      kept_(temper_.set_blocks > 0 ? temper_.set_blocks : configured_),
      current_(kept_),
      is_frozen_(temper_.is_security_frozen),
      is_locked_(temper_.is_locked),
      password_(temper_.password),
      is_sanitize_frozen_(temper_.is_sanitize_frozen) {
  require(factory_ <= drive.geometry().block_count, "a disk larger than its platter");
  show(current_);
  drive_.refuse_blocks(is_locked_);
}

Result<AtaReply> SimulatedAtaDrive::submit(const AtaCommand& command) {
  const bool lies = temper_.lies_about.contains(command.opcode) && !changes_nothing(command);
  const AtaReply reply = lies ? good() : obey(command);
  last_opcode_ = command.opcode;
  return reply;
}

AtaReply SimulatedAtaDrive::obey(const AtaCommand& command) {
  // ACS-3: while it sanitizes, or after that failed, a drive does little else than tell how it is.
  const bool is_sanitizing = sanitize_ == Sanitize::Running || sanitize_ == Sanitize::Failed;
  const bool may_pass = command.opcode == ata::kIdentifyDevice || command.opcode == ata::kSanitizeDevice;
  if (is_sanitizing && !may_pass) return refusal();
  switch (command.opcode) {
    case ata::kIdentifyDevice:
      return identify();
    case ata::kReadNativeMax:
    case ata::kReadNativeMaxExt:
      return native_max(command);
    case ata::kSetMax:
    case ata::kSetMaxExt:
      return set_max(command);
    case ata::kAccessibleMax:
      return accessible_max(command);
    case ata::kDeviceConfiguration:
      return configuration(command);
    case ata::kSecuritySetPassword:
    case ata::kSecurityUnlock:
    case ata::kSecurityErasePrepare:
    case ata::kSecurityEraseUnit:
    case ata::kSecurityFreezeLock:
    case ata::kSecurityDisable:
      return security(command);
    case ata::kSanitizeDevice:
      return sanitize(command);
    default:
      return refusal();
  }
}

AtaReply SimulatedAtaDrive::identify() const {
  const bool has_area = temper_.has_host_protected_area && !temper_.has_accessible_max;
  BlockOfWords words;
  words.put(0, 0x0040);
  words.text(10, 19, "SIMULATED-1");
  words.text(23, 26, "1.0");
  words.text(27, 46, "Simulated ATA disk");
  words.put_four(100, current_);
  words.put(60, static_cast<unsigned>(std::min<std::uint64_t>(current_, 0xFFFF)));
  words.put(82, bit(0) | bit(1) | bit(10, has_area));
  words.put(83, bit(14) | bit(8, temper_.is_max_locked) | bit(10) | bit(11, temper_.has_configuration_overlay));
  words.put(87, bit(14));
  words.put(119, bit(14) | bit(8, temper_.has_accessible_max));
  words.put(59, bit(12, temper_.has_sanitize) | bit(13, temper_.has_sanitize) | bit(14, temper_.has_sanitize) |
                    bit(15, temper_.has_sanitize));
  words.put(128, bit(0) | bit(1, password_.has_value()) | bit(2, is_locked_) | bit(3, is_frozen_) | bit(5));
  words.put(217, temper_.rotates ? 7200 : 1);
  return words.sealed();
}

AtaReply SimulatedAtaDrive::native_max(const AtaCommand& command) const {
  if (!temper_.has_host_protected_area || temper_.has_accessible_max || is_locked_) return refusal();
  const std::uint64_t last = configured_ - 1;
  if (command.is_48_bit) return good({.lba = last});
  return good({.device = static_cast<std::uint8_t>(last >> 24 & 0xF), .lba = last & 0xFFFFFF});
}

AtaReply SimulatedAtaDrive::set_max(const AtaCommand& command) {
  const bool follows = last_opcode_ == (command.is_48_bit ? ata::kReadNativeMaxExt : ata::kReadNativeMax);
  const bool is_offered = temper_.has_host_protected_area && !temper_.has_accessible_max && !temper_.is_max_locked;
  if (!is_offered || !follows || is_locked_ || command.feature != 0) return refusal();
  return resize(command.lba, (command.count & 1) != 0);
}

AtaReply SimulatedAtaDrive::accessible_max(const AtaCommand& command) {
  if (!temper_.has_accessible_max || is_locked_) return refusal();
  if (command.feature == ata::kAccessibleMaxGet) return good({.lba = configured_ - 1});
  const bool may_set = command.feature == ata::kAccessibleMaxSet && !temper_.is_max_locked;
  return may_set ? resize(command.lba, /*for_good=*/true) : refusal();
}

AtaReply SimulatedAtaDrive::resize(std::uint64_t last_lba, bool for_good) {
  const bool is_too_often = for_good && has_changed_for_good_;
  if (last_lba >= configured_ || is_too_often) return refusal();
  if (for_good) {
    kept_ = last_lba + 1;
    has_changed_for_good_ = true;
  }
  show(last_lba + 1);
  return good({.lba = last_lba});
}

AtaReply SimulatedAtaDrive::configuration(const AtaCommand& command) {
  if (!temper_.has_configuration_overlay || temper_.is_overlay_frozen || is_locked_) return refusal();
  if (command.feature == ata::kDcoIdentify) {
    BlockOfWords words;
    words.put(0, 2);
    words.put_four(3, factory_ - 1);
    words.put(7, bit(3) | bit(7) | bit(8));
    return words.sealed();
  }
  const bool has_area = current_ < configured_;
  if (command.feature != ata::kDcoRestore || has_area) return refusal();
  configured_ = kept_ = factory_;
  if (!temper_.is_restore_late) show(factory_);
  return good();
}

AtaReply SimulatedAtaDrive::security(const AtaCommand& command) {
  if (is_frozen_) return refusal();
  std::array<std::byte, 32> given{};
  const bool has_block = command.bytes_out.size() == kAtaBlock;
  if (has_block) std::copy_n(command.bytes_out.begin() + kPasswordAt, given.size(), given.begin());
  switch (command.opcode) {
    case ata::kSecuritySetPassword:
      if (!has_block || is_locked_) return refusal();
      password_ = given;
      return good();
    case ata::kSecurityUnlock:
    case ata::kSecurityDisable:
      if (!password_ || given != *password_) return refusal();
      if (command.opcode == ata::kSecurityDisable && is_locked_) return refusal();
      if (command.opcode == ata::kSecurityDisable) password_.reset();
      is_locked_ = false;
      drive_.refuse_blocks(false);
      return good();
    case ata::kSecurityErasePrepare:
      return good();
    case ata::kSecurityEraseUnit: {
      const bool may_erase = last_opcode_ == ata::kSecurityErasePrepare && password_ && given == *password_;
      if (!may_erase) return refusal();
      const bool is_enhanced = (command.bytes_out[0] & std::byte{2}) != std::byte{0};
      fill(0, is_enhanced ? factory_ : current_,
           temper_.leaves_after_erase);  // Only the enhanced one reaches what is hidden.
      password_.reset();
      is_locked_ = false;
      drive_.refuse_blocks(false);
      return good();
    }
    default:
      is_frozen_ = true;  // SECURITY FREEZE LOCK.
      return good();
  }
}

AtaReply SimulatedAtaDrive::sanitize(const AtaCommand& command) {
  if (!temper_.has_sanitize) return refusal(kBecauseUnsupported);
  if (command.feature == ata::kSanitizeStatus) {
    const bool clears = (command.count & 1) != 0 && sanitize_ == Sanitize::Failed;
    if (clears) sanitize_ = Sanitize::Idle;
    if (clears) drive_.refuse_blocks(false);
    return sanitize_status();
  }
  if (sanitize_ == Sanitize::Failed) return refusal(kBecauseFailed);
  if (is_sanitize_frozen_) return refusal(kBecauseFrozen);
  const bool is_crypto = command.feature == ata::kSanitizeCryptoScramble && command.lba == ata::kCryptoScrambleKey;
  const bool is_block = command.feature == ata::kSanitizeBlockErase && command.lba == ata::kBlockEraseKey;
  const bool is_overwrite = command.feature == ata::kSanitizeOverwrite && command.lba >> 32 == ata::kOverwriteKey;
  if (command.feature == ata::kSanitizeFreezeLock && command.lba == ata::kFreezeLockKey) {
    is_sanitize_frozen_ = true;
    return good();
  }
  if (!is_crypto && !is_block && !is_overwrite) return refusal(kBecauseUnsupported);
  sanitize_leaves_ = is_crypto ? temper_.leaves_after_crypto : temper_.leaves_after_erase;
  if (is_overwrite) sanitize_leaves_ = static_cast<std::byte>(command.lba);
  sanitize_ = Sanitize::Running;
  polls_ = 0;
  drive_.refuse_blocks(true);
  return sanitize_status();
}

AtaReply SimulatedAtaDrive::sanitize_status() {
  AtaRegisters registers{.count = is_sanitize_frozen_ ? kFrozen : std::uint16_t{0}, .lba = 0xFFFF};
  if (sanitize_ == Sanitize::Running) {
    const bool sticks = temper_.sanitize_sticks_at && polls_ >= *temper_.sanitize_sticks_at;
    const bool fails = temper_.sanitize_fails_at && polls_ >= *temper_.sanitize_fails_at;
    const bool is_over = !sticks && (fails || polls_ >= temper_.sanitize_polls);
    const std::uint64_t done = is_over && !fails ? factory_ : factory_ * polls_ / (temper_.sanitize_polls + 1);
    fill(0, done, sanitize_leaves_);
    if (is_over) sanitize_ = fails ? Sanitize::Failed : Sanitize::Succeeded;
    if (sanitize_ == Sanitize::Succeeded) drive_.refuse_blocks(false);
    registers.lba = is_over ? 0xFFFF : 0x10000 * polls_ / (temper_.sanitize_polls + 1);
    if (!sticks) ++polls_;
  }
  if (sanitize_ == Sanitize::Running) registers.count |= kRunning;
  if (sanitize_ == Sanitize::Succeeded) registers.count |= kCompleted;
  if (sanitize_ != Sanitize::Failed) return good(registers);
  AtaReply failed = refusal(kBecauseFailed);
  failed.registers->count = registers.count;
  return failed;
}

void SimulatedAtaDrive::cycle_power() {
  has_changed_for_good_ = false;
  last_opcode_ = 0;
  is_frozen_ = temper_.is_security_frozen;  // The PC's firmware does that again.
  is_locked_ = password_.has_value();
  is_sanitize_frozen_ = temper_.is_sanitize_frozen;
  show(kept_);
  drive_.refuse_blocks(is_locked_ || sanitize_ == Sanitize::Running || sanitize_ == Sanitize::Failed);
}

void SimulatedAtaDrive::show(std::uint64_t blocks) {
  current_ = blocks;
  drive_.show(blocks);
}

void SimulatedAtaDrive::fill(std::uint64_t first, std::uint64_t count, std::byte value) {
  if (count > 0 && !temper_.erases_nothing)
    drive_.put(first, Bytes(static_cast<std::size_t>(count) * drive_.geometry().logical_bytes, value));
}

}  // namespace relance
