#include "wiper/command/ata_commands.h"

#include <algorithm>

namespace relance::ata {
namespace {

using std::chrono::seconds;

// A drive that sleeps spins up first; one with a bad sector under its reserved tracks tries for long.
constexpr seconds kForAnAnswer{15};
constexpr seconds kForASetting{60};  // DCO RESTORE and passwords rewrite reserved tracks.

constexpr std::uint64_t kLargest28 = (std::uint64_t{1} << 28) - 1;
constexpr std::uint64_t kLargest48 = (std::uint64_t{1} << 48) - 1;
constexpr std::uint64_t kSmartKey = 0xC24F00;  // ACS: SMART wants 4Fh and C2h in LBA 15:8 and 23:16.
constexpr std::uint16_t kMayLeaveFailure = 1 << 4;

AtaCommand block_in(std::string_view name, std::uint8_t opcode, std::uint16_t feature = 0) {
  return {.name = name,
          .opcode = opcode,
          .protocol = AtaProtocol::PioIn,
          .feature = feature,
          .count = 1,
          .patience = kForAnAnswer};
}

AtaCommand smart(std::string_view name, std::uint16_t feature) {
  AtaCommand command = block_in(name, kSmart, feature);
  command.lba = kSmartKey;
  return command;
}

// ATA8-ACS, security: word 0 bit 0 says whose password, words 1 to 16 hold it.
AtaCommand with_password(std::string_view name, std::uint8_t opcode, const Password& password) {
  constexpr std::size_t kPasswordAt = 2;
  AtaCommand command{
      .name = name, .opcode = opcode, .protocol = AtaProtocol::PioOut, .count = 1, .patience = kForASetting};
  command.bytes_out.resize(kAtaBlock);
  command.bytes_out[0] = std::byte{password.is_master};
  std::copy(password.bytes.begin(), password.bytes.end(), command.bytes_out.begin() + kPasswordAt);
  return command;
}

AtaCommand sanitize(std::string_view name, std::uint16_t feature, std::uint16_t count, std::uint64_t lba) {
  return {.name = name,
          .opcode = kSanitizeDevice,
          .is_48_bit = true,
          .feature = feature,
          .count = count,
          .lba = lba,
          .patience = kForASetting};
}

}  // namespace

AtaCommand identify_device() { return block_in("IDENTIFY DEVICE", kIdentifyDevice); }

AtaCommand smart_read_data() { return smart("SMART READ DATA", kSmartReadData); }
AtaCommand smart_read_thresholds() { return smart("SMART READ THRESHOLDS", kSmartReadThresholds); }

AtaCommand smart_return_status() {
  return {.name = "SMART RETURN STATUS",
          .opcode = kSmart,
          .feature = kSmartReturnStatus,
          .lba = kSmartKey,
          .patience = kForAnAnswer};
}

AtaCommand read_native_max(bool is_48_bit) {
  if (is_48_bit)
    return {.name = "READ NATIVE MAX ADDRESS EXT",
            .opcode = kReadNativeMaxExt,
            .is_48_bit = true,
            .patience = kForAnAnswer};
  return {.name = "READ NATIVE MAX ADDRESS", .opcode = kReadNativeMax, .patience = kForAnAnswer};
}

// ATA8-ACS, SET MAX ADDRESS: count bit 0 (VV) set, the drive keeps the value over power-on; cleared, it reverts.
AtaCommand set_max(bool is_48_bit, std::uint64_t last_lba, Keeps keeps) {
  require(last_lba <= (is_48_bit ? kLargest48 : kLargest28), "SET MAX beyond what its registers hold");
  const std::uint16_t count = keeps == Keeps::ForGood ? 1 : 0;
  return {.name = is_48_bit ? "SET MAX ADDRESS EXT" : "SET MAX ADDRESS",
          .opcode = is_48_bit ? kSetMaxExt : kSetMax,
          .is_48_bit = is_48_bit,
          .count = count,
          .lba = last_lba,
          .patience = kForASetting};
}

AtaCommand accessible_max_get() {
  return {.name = "GET NATIVE MAX ADDRESS EXT",
          .opcode = kAccessibleMax,
          .is_48_bit = true,
          .feature = kAccessibleMaxGet,
          .patience = kForAnAnswer};
}

AtaCommand accessible_max_set(std::uint64_t last_lba) {
  require(last_lba <= kLargest48, "SET ACCESSIBLE MAX ADDRESS beyond 48 bits");
  return {.name = "SET ACCESSIBLE MAX ADDRESS EXT",
          .opcode = kAccessibleMax,
          .is_48_bit = true,
          .feature = kAccessibleMaxSet,
          .lba = last_lba,
          .patience = kForASetting};
}

AtaCommand dco_identify() { return block_in("DEVICE CONFIGURATION IDENTIFY", kDeviceConfiguration, kDcoIdentify); }

AtaCommand dco_restore() {
  return {.name = "DEVICE CONFIGURATION RESTORE",
          .opcode = kDeviceConfiguration,
          .feature = kDcoRestore,
          .patience = kForASetting};
}

AtaCommand security_set_user_password(const Password& password) {
  require(!password.is_master, "a master password is never set");
  return with_password("SECURITY SET PASSWORD", kSecuritySetPassword, password);
}
AtaCommand security_unlock(const Password& password) {
  return with_password("SECURITY UNLOCK", kSecurityUnlock, password);
}
AtaCommand security_disable(const Password& password) {
  return with_password("SECURITY DISABLE PASSWORD", kSecurityDisable, password);
}

AtaCommand security_erase_prepare() {
  return {.name = "SECURITY ERASE PREPARE", .opcode = kSecurityErasePrepare, .patience = kForAnAnswer};
}

AtaCommand security_erase_unit(const Password& password, bool is_enhanced, seconds patience) {
  AtaCommand command = with_password("SECURITY ERASE UNIT", kSecurityEraseUnit, password);
  if (is_enhanced) command.bytes_out[0] |= std::byte{0x02};
  command.patience = patience;
  return command;
}

AtaCommand security_freeze_lock() {
  return {.name = "SECURITY FREEZE LOCK", .opcode = kSecurityFreezeLock, .patience = kForAnAnswer};
}

AtaCommand sanitize_status(ClearFailed clear_failed) {
  return sanitize("SANITIZE STATUS EXT", kSanitizeStatus, clear_failed == ClearFailed::Yes ? 1 : 0, 0);
}
AtaCommand sanitize_crypto_scramble() {
  return sanitize("CRYPTO SCRAMBLE EXT", kSanitizeCryptoScramble, kMayLeaveFailure, kCryptoScrambleKey);
}
AtaCommand sanitize_block_erase() {
  return sanitize("BLOCK ERASE EXT", kSanitizeBlockErase, kMayLeaveFailure, kBlockEraseKey);
}

// ACS-3, OVERWRITE EXT: count 3:0 is the number of passes, and 0 means 16.
AtaCommand sanitize_overwrite(const SanitizePattern& wanted) {
  require(wanted.passes >= 1 && wanted.passes <= 15, "SANITIZE overwrites once to 15 times");
  return sanitize("OVERWRITE EXT", kSanitizeOverwrite, static_cast<std::uint16_t>(kMayLeaveFailure | wanted.passes),
                  kOverwriteKey << 32 | wanted.pattern);
}
AtaCommand sanitize_freeze_lock() {
  return sanitize("SANITIZE FREEZE LOCK EXT", kSanitizeFreezeLock, 0, kFreezeLockKey);
}
AtaCommand sanitize_antifreeze_lock() {
  return sanitize("SANITIZE ANTIFREEZE LOCK EXT", kSanitizeAntifreezeLock, 0, kAntifreezeLockKey);
}

}  // namespace relance::ata
