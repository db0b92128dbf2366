#pragma once
// The SCSI commands that this program sends, as SPC-4 and SBC-4 lay them out.

#include "wiper/command/scsi.h"

namespace relance::scsi {

inline constexpr std::uint8_t kTestUnitReady = 0x00;
inline constexpr std::uint8_t kRequestSense = 0x03;
inline constexpr std::uint8_t kFormatUnit = 0x04;
inline constexpr std::uint8_t kInquiry = 0x12;
inline constexpr std::uint8_t kReadCapacity10 = 0x25;
inline constexpr std::uint8_t kSanitize = 0x48;
inline constexpr std::uint8_t kAtaPassThrough16 = 0x85;
inline constexpr std::uint8_t kServiceActionIn16 = 0x9E;
inline constexpr std::uint8_t kReadCapacity16 = 0x10;  // Service action.

inline constexpr std::uint8_t kSerialPage = 0x80;
inline constexpr std::uint8_t kIdentificationPage = 0x83;
inline constexpr std::uint8_t kBlockLimitsPage = 0xB0;
inline constexpr std::uint8_t kBlockCharacteristicsPage = 0xB1;

ScsiCommand inquiry();
ScsiCommand inquiry_page(std::uint8_t page);
ScsiCommand read_capacity_16();
ScsiCommand request_sense();  // While a SANITIZE or FORMAT UNIT runs: its progress.

// They answer at once and go on in the drive. A failure may be left by sanitize_exit_failure().
ScsiCommand sanitize_overwrite(std::byte pattern, unsigned passes);  // 1 to 31. The pattern fills each block.
ScsiCommand sanitize_block_erase();
ScsiCommand sanitize_crypto_erase();
ScsiCommand sanitize_exit_failure();

// To blocks as they are, or as MODE SELECT has said before. Without protection information.
ScsiCommand format_unit();

}  // namespace relance::scsi
