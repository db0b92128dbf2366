#include "wiper/command/nvme_commands.h"

#include <string>

namespace relance {
namespace nvme {
namespace {

using std::chrono::seconds;

constexpr seconds kForAnAnswer{30};
constexpr seconds kForAStart{120};
constexpr std::size_t kIdentifyBytes = 4096;

// Identify, CDW10 7:0.
constexpr std::uint32_t kOfNamespace = 0x00;
constexpr std::uint32_t kOfController = 0x01;
constexpr std::uint32_t kActiveList = 0x02;
constexpr std::uint32_t kAllocatedList = 0x10;

// Sanitize, CDW10: action in 2:0, AUSE in 3.
constexpr std::uint32_t kExitFailure = 1;
constexpr std::uint32_t kBlockErase = 2;
constexpr std::uint32_t kOverwrite = 3;
constexpr std::uint32_t kCryptoErase = 4;
constexpr std::uint32_t kMayLeaveFailure = 1 << 3;

NvmeCommand identify(std::string_view name, std::uint32_t what, std::uint32_t nsid) {
  return {.name = name,
          .opcode = kIdentify,
          .nsid = nsid,
          .dwords = {what},
          .bytes_in = kIdentifyBytes,
          .patience = kForAnAnswer};
}

// CDW10: log in 7:0, number of dwords less one in 31:16.
NvmeCommand log_page(std::string_view name, std::uint8_t log, std::size_t bytes) {
  const auto dwords = static_cast<std::uint32_t>(bytes / 4 - 1);
  return {.name = name,
          .opcode = kGetLogPage,
          .nsid = kEveryNamespace,
          .dwords = {dwords << 16 | log},
          .bytes_in = bytes,
          .patience = kForAnAnswer};
}

NvmeCommand sanitize(std::string_view name, std::uint32_t action, std::uint32_t pattern = 0) {
  return {.name = name, .opcode = kSanitize, .dwords = {action, pattern}, .patience = kForAStart};
}

}  // namespace

NvmeCommand identify_namespace(std::uint32_t nsid) { return identify("Identify Namespace", kOfNamespace, nsid); }
NvmeCommand identify_controller() { return identify("Identify Controller", kOfController, 0); }
NvmeCommand list_active_namespaces(std::uint32_t after) {
  return identify("Active Namespace ID list", kActiveList, after);
}
NvmeCommand list_allocated_namespaces(std::uint32_t after) {
  return identify("Allocated Namespace ID list", kAllocatedList, after);
}

NvmeCommand health_log() { return log_page("SMART / Health Information", kHealthLog, 512); }
NvmeCommand sanitize_log() { return log_page("Sanitize Status", kSanitizeLog, 512); }

NvmeCommand sanitize_block_erase() { return sanitize("Sanitize, block erase", kBlockErase | kMayLeaveFailure); }

// NVMe, Sanitize CDW10 7:4: the number of overwrite passes, and 0 means 16.
NvmeCommand sanitize_overwrite(const SanitizePattern& wanted) {
  require(wanted.passes >= 1 && wanted.passes <= 15, "Sanitize overwrites once to 15 times");
  return sanitize("Sanitize, overwrite", kOverwrite | kMayLeaveFailure | wanted.passes << 4, wanted.pattern);
}
NvmeCommand sanitize_crypto_erase() { return sanitize("Sanitize, crypto erase", kCryptoErase | kMayLeaveFailure); }
NvmeCommand sanitize_exit_failure() { return sanitize("Sanitize, exit failure mode", kExitFailure); }

// Format NVM, CDW10: format in 3:0 and, from 16 formats on, its upper bits in 13:12; secure erase in 11:9.
NvmeCommand format(std::uint32_t nsid, unsigned lba_format, FormatErases how, seconds patience) {
  require(lba_format < 64, "an LBA format has six bits");
  return {.name = "Format NVM",
          .opcode = kFormat,
          .nsid = nsid,
          .dwords = {(lba_format & 0xF) | static_cast<std::uint32_t>(how) << 9 | (lba_format >> 4) << 12},
          .patience = patience};
}

}  // namespace nvme

bool changes_nothing(const NvmeCommand& command) {
  if (command.opcode == nvme::kIdentify) return true;
  if (command.opcode != nvme::kGetLogPage) return false;
  // By name: some logs are made, or cleared, by being asked for.
  const auto log = static_cast<std::uint8_t>(command.dwords[0]);
  return log == nvme::kErrorLog || log == nvme::kHealthLog || log == nvme::kSanitizeLog;
}

Result<NvmeReply> LookingNvmePort::submit(const NvmeCommand& command) {
  if (!changes_nothing(command))
    return Error{Errc::Refused, Stop::WrongConfirmation,
                 std::string(command.name) + " changes the drive, and nobody has confirmed that"};
  return port_.submit(command);
}

}  // namespace relance
