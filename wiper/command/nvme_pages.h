#pragma once
// What an NVMe drive says of itself, decoded by NVMe 2.0: Identify Controller, Identify Namespace, namespace lists, sanitize
// log. Hostile bytes.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wiper/base/bytes.h"

namespace relance {

struct NvmeController {
  std::string serial;
  std::string model;
  std::string firmware;
  std::optional<std::uint64_t> total_bytes;        // Of the subsystem; nothing: not said.
  std::optional<std::uint64_t> unallocated_bytes;  // Of no namespace.
  std::uint32_t namespace_limit = 0;               // The largest namespace number.

  bool has_format = false;
  bool has_namespace_management = false;
  bool format_hits_all_namespaces = false;
  bool format_erase_hits_all_namespaces = false;
  bool format_erases_by_key = false;

  bool sanitizes_by_key = false;
  bool sanitizes_blocks = false;
  bool sanitizes_by_overwrite = false;
  bool operator==(const NvmeController&) const = default;
};
Result<NvmeController> decode_nvme_controller(std::span<const std::byte> page);  // Corrupt: not 4096 bytes.

struct NvmeNamespace {
  std::uint64_t block_count = 0;
  std::uint64_t capacity_blocks = 0;
  unsigned lba_format = 0;
  std::uint32_t block_bytes = 512;
  std::uint16_t metadata_bytes = 0;
  bool operator==(const NvmeNamespace&) const = default;
};
// Corrupt: not 4096 bytes, no namespace of that number (all zeros), or blocks that cannot be.
Result<NvmeNamespace> decode_nvme_namespace(std::span<const std::byte> page);

// Ascending, at most 1024. Corrupt: not 4096 bytes, or not ascending.
Result<std::vector<std::uint32_t>> decode_namespace_list(std::span<const std::byte> page);

enum class SanitizeState : std::uint8_t { NeverRan, Succeeded, Running, Failed, SucceededUnmapping, Other };
struct NvmeSanitizeLog {
  SanitizeState state = SanitizeState::NeverRan;
  std::uint16_t progress = 0;       // Of 65536, while it runs.
  unsigned passes_done = 0;         // Of an overwrite.
  bool is_globally_erased = false;  // Nothing was written since. Claims so.
  std::uint32_t started_with = 0;   // CDW10 of the last start.
  // What the drive expects; nothing: it does not say.
  std::optional<std::uint32_t> overwrite_seconds;
  std::optional<std::uint32_t> block_erase_seconds;
  std::optional<std::uint32_t> crypto_erase_seconds;
  bool operator==(const NvmeSanitizeLog&) const = default;
};
Result<NvmeSanitizeLog> decode_sanitize_log(std::span<const std::byte> page);  // Corrupt: not 512 bytes.

}  // namespace relance
