#pragma once
// The ATA commands that this program sends, as ACS-3 lays them out (HPA and DCO: ATA8-ACS, which had them last).

#include <array>

#include "wiper/command/ata.h"

namespace relance::ata {

inline constexpr std::uint8_t kReadNativeMaxExt = 0x27;
inline constexpr std::uint8_t kSetMaxExt = 0x37;
inline constexpr std::uint8_t kAccessibleMax = 0x78;
inline constexpr std::uint8_t kSmart = 0xB0;
inline constexpr std::uint8_t kDeviceConfiguration = 0xB1;
inline constexpr std::uint8_t kSanitizeDevice = 0xB4;
inline constexpr std::uint8_t kIdentifyDevice = 0xEC;
inline constexpr std::uint8_t kSecuritySetPassword = 0xF1;
inline constexpr std::uint8_t kSecurityUnlock = 0xF2;
inline constexpr std::uint8_t kSecurityErasePrepare = 0xF3;
inline constexpr std::uint8_t kSecurityEraseUnit = 0xF4;
inline constexpr std::uint8_t kSecurityFreezeLock = 0xF5;
inline constexpr std::uint8_t kSecurityDisable = 0xF6;
inline constexpr std::uint8_t kReadNativeMax = 0xF8;
inline constexpr std::uint8_t kSetMax = 0xF9;

// Feature register.
inline constexpr std::uint16_t kAccessibleMaxGet = 0x0000;
inline constexpr std::uint16_t kAccessibleMaxSet = 0x0001;
inline constexpr std::uint16_t kAccessibleMaxFreeze = 0x0002;
inline constexpr std::uint16_t kDcoRestore = 0xC0;
inline constexpr std::uint16_t kDcoFreezeLock = 0xC1;
inline constexpr std::uint16_t kDcoIdentify = 0xC2;
inline constexpr std::uint16_t kSanitizeStatus = 0x0000;
inline constexpr std::uint16_t kSanitizeCryptoScramble = 0x0011;
inline constexpr std::uint16_t kSanitizeBlockErase = 0x0012;
inline constexpr std::uint16_t kSanitizeOverwrite = 0x0014;
inline constexpr std::uint16_t kSanitizeFreezeLock = 0x0020;
inline constexpr std::uint16_t kSanitizeAntifreezeLock = 0x0040;
inline constexpr std::uint16_t kSmartReadData = 0xD0;
inline constexpr std::uint16_t kSmartReadThresholds = 0xD1;
inline constexpr std::uint16_t kSmartReadLog = 0xD5;
inline constexpr std::uint16_t kSmartReturnStatus = 0xDA;

// What SANITIZE wants to see in the LBA, lest it be sent by accident: "Cryp", "BkEr", "OW", "FrLk", "Anti".
inline constexpr std::uint64_t kCryptoScrambleKey = 0x43727970;
inline constexpr std::uint64_t kBlockEraseKey = 0x426B4572;
inline constexpr std::uint64_t kOverwriteKey = 0x4F57;  // In 47:32; the pattern is below it.
inline constexpr std::uint64_t kFreezeLockKey = 0x46724C6B;
inline constexpr std::uint64_t kAntifreezeLockKey = 0x416E7469;

AtaCommand identify_device();

AtaCommand smart_read_data();
AtaCommand smart_read_thresholds();
AtaCommand smart_return_status();  // LBA 23:8 comes back as C24Fh (good) or 2CF4h (a threshold was passed).

// The last LBA that the drive has behind its host protected area. The 28-bit one answers at most 0FFFFFFFh.
AtaCommand read_native_max(bool is_48_bit);

enum class Keeps : std::uint8_t { UntilPowerOff, ForGood };
// Must come immediately after READ NATIVE MAX; a second one that keeps for good is refused until the power was off.
AtaCommand set_max(bool is_48_bit, std::uint64_t last_lba, Keeps keeps);

// Accessible Max Address Configuration: what ACS-3 put in the place of the host protected area.
AtaCommand accessible_max_get();
AtaCommand accessible_max_set(std::uint64_t last_lba);

AtaCommand dco_identify();
AtaCommand dco_restore();  // Refused while a host protected area is set.

struct Password {
  bool is_master = false;
  std::array<std::byte, 32> bytes{};
};
AtaCommand security_set_user_password(const Password& password);  // Never a master's. Security level: high.
AtaCommand security_unlock(const Password& password);
AtaCommand security_disable(const Password& password);
AtaCommand security_erase_prepare();
// Immediately after security_erase_prepare(). Answers when it is done: patience is the caller's, in hours.
AtaCommand security_erase_unit(const Password& password, bool is_enhanced, std::chrono::seconds patience);
AtaCommand security_freeze_lock();

// Progress and result of the last one. Of clear_failed: leaves the failed state, if a start allowed that.
enum class ClearFailed : bool { No, Yes };
AtaCommand sanitize_status(ClearFailed clear_failed = ClearFailed::No);

// Each start says that a failure may be left by sanitize_status(Yes): otherwise only another, successful one frees the drive.
AtaCommand sanitize_crypto_scramble();
AtaCommand sanitize_block_erase();
struct SanitizePattern {
  std::uint32_t pattern = 0;
  unsigned passes = 1;  // 1 to 15. In the register 0 would mean 16: it cannot be asked for.
};
AtaCommand sanitize_overwrite(const SanitizePattern& wanted);
AtaCommand sanitize_freeze_lock();
AtaCommand sanitize_antifreeze_lock();

}  // namespace relance::ata
