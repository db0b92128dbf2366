#pragma once
// The NVMe admin commands that this program sends, as NVMe 2.0 (base) and its NVM command set lay them out.

#include "wiper/command/nvme.h"

namespace relance::nvme {

inline constexpr std::uint8_t kGetLogPage = 0x02;
inline constexpr std::uint8_t kIdentify = 0x06;
inline constexpr std::uint8_t kFormat = 0x80;
inline constexpr std::uint8_t kSanitize = 0x84;

inline constexpr std::uint8_t kErrorLog = 0x01;
inline constexpr std::uint8_t kHealthLog = 0x02;
inline constexpr std::uint8_t kSanitizeLog = 0x81;

inline constexpr std::uint32_t kEveryNamespace = 0xFFFFFFFF;

NvmeCommand identify_namespace(std::uint32_t nsid);
NvmeCommand identify_controller();
// Namespaces above `after`, at most 1024 of them. Active: what the host sees; allocated: also what is attached nowhere.
NvmeCommand list_active_namespaces(std::uint32_t after = 0);
NvmeCommand list_allocated_namespaces(std::uint32_t after = 0);

NvmeCommand health_log();
NvmeCommand sanitize_log();

// They answer at once and go on in the drive; each lets a failure be left by sanitize_exit_failure().
NvmeCommand sanitize_block_erase();
struct SanitizePattern {
  std::uint32_t pattern = 0;
  unsigned passes = 1;  // 1 to 15. In the field 0 would mean 16: it cannot be asked for.
};
NvmeCommand sanitize_overwrite(const SanitizePattern& wanted);
NvmeCommand sanitize_crypto_erase();
NvmeCommand sanitize_exit_failure();

enum class FormatErases : std::uint8_t { UserData = 1, ByKey = 2 };
// `lba_format` as Identify Namespace has it now: a format does not change what blocks the drive has. Answers when it is
// done: patience is the caller's.
NvmeCommand format(std::uint32_t nsid, unsigned lba_format, FormatErases how, std::chrono::seconds patience);

}  // namespace relance::nvme
