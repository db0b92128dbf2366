#include "wiper/command/nvme_pages.h"

#include <algorithm>

#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr std::size_t kIdentifyBytes = 4096;
constexpr std::size_t kSanitizeLogBytes = 512;
constexpr std::uint64_t kLargestNamespace = std::uint64_t{1} << 56;  // Blocks. Larger has no size in bytes.

Error corrupt(std::string detail) { return {Errc::Corrupt, Stop::DriveSick, std::move(detail)}; }

class Page {
 public:
  explicit Page(std::span<const std::byte> bytes) : bytes_(bytes) {}
  template <class Integer>
  Integer at(std::size_t offset) const {
    return load_le<Integer>(bytes_.subspan(offset));
  }
  bool bit(std::size_t offset, unsigned bit) const {
    return (std::to_integer<unsigned>(bytes_[offset + bit / 8]) >> bit % 8 & 1) != 0;
  }
  std::string text(std::size_t offset, std::size_t length) const {
    return sanitise_text(as_text(bytes_.subspan(offset, length)));
  }
  // 16 bytes; 0 is "not said", and what has no place in 64 bits is not believed.
  std::optional<std::uint64_t> capacity(std::size_t offset) const {
    const auto low = at<std::uint64_t>(offset);
    const bool fits = at<std::uint64_t>(offset + 8) == 0;
    return fits ? std::optional(low) : std::nullopt;
  }

 private:
  std::span<const std::byte> bytes_;
};

Result<Page> page_of(std::span<const std::byte> bytes, std::size_t size, const char* name) {
  if (bytes.size() != size) return corrupt(std::string(name) + " of " + std::to_string(bytes.size()) + " bytes");
  return Page(bytes);
}

std::optional<std::uint32_t> seconds_at(const Page& page, std::size_t offset) {
  const auto seconds = page.at<std::uint32_t>(offset);
  return seconds == 0xFFFFFFFF ? std::nullopt : std::optional(seconds);
}

}  // namespace

Result<NvmeController> decode_nvme_controller(std::span<const std::byte> bytes) {
  const Page page = TRY(page_of(bytes, kIdentifyBytes, "Identify Controller"));
  NvmeController controller;
  controller.serial = page.text(4, 20);
  controller.model = page.text(24, 40);
  controller.firmware = page.text(64, 8);
  controller.has_format = page.bit(256, 1);
  controller.has_namespace_management = page.bit(256, 3);
  // TNVMCAP and UNVMCAP: zero in the first says that neither is reported.
  controller.total_bytes = page.capacity(280);
  if (controller.total_bytes == 0U) controller.total_bytes.reset();
  if (controller.total_bytes) controller.unallocated_bytes = page.capacity(296);
  controller.sanitizes_by_key = page.bit(328, 0);
  controller.sanitizes_blocks = page.bit(328, 1);
  controller.sanitizes_by_overwrite = page.bit(328, 2);
  controller.namespace_limit = page.at<std::uint32_t>(516);
  controller.format_hits_all_namespaces = page.bit(524, 0);
  controller.format_erase_hits_all_namespaces = page.bit(524, 1);
  controller.format_erases_by_key = page.bit(524, 2);
  return controller;
}

// FLBAS (byte 26): the format in 3:0 and, where NLBAF (byte 25) says that there are more than 16, its upper bits in 6:5.
Result<NvmeNamespace> decode_nvme_namespace(std::span<const std::byte> bytes) {
  constexpr std::size_t kFormatsAt = 128;
  constexpr unsigned kMostFormats = 64;
  const Page page = TRY(page_of(bytes, kIdentifyBytes, "Identify Namespace"));
  NvmeNamespace found;
  found.block_count = page.at<std::uint64_t>(0);
  found.capacity_blocks = page.at<std::uint64_t>(8);
  if (found.block_count == 0) return corrupt("Identify Namespace: no such namespace");
  if (found.block_count > kLargestNamespace) return corrupt("Identify Namespace: a size that cannot be");

  const unsigned formats = page.at<std::uint8_t>(25) + 1U;
  const unsigned chosen = page.at<std::uint8_t>(26);
  found.lba_format = (chosen & 0xF) | (formats > 16 ? (chosen >> 5 & 3) << 4 : 0);
  if (formats > kMostFormats || found.lba_format >= formats)
    return corrupt("Identify Namespace: an LBA format that it does not have");
  const std::size_t format_at = kFormatsAt + 4 * std::size_t{found.lba_format};
  const unsigned shift = page.at<std::uint8_t>(format_at + 2);
  if (shift < 9 || shift > 16) return corrupt("Identify Namespace: blocks of 2^" + std::to_string(shift) + " bytes");
  found.block_bytes = 1U << shift;
  found.metadata_bytes = page.at<std::uint16_t>(format_at);
  return found;
}

Result<std::vector<std::uint32_t>> decode_namespace_list(std::span<const std::byte> bytes) {
  const Page page = TRY(page_of(bytes, kIdentifyBytes, "Namespace ID list"));
  std::vector<std::uint32_t> list;
  for (std::size_t at = 0; at < kIdentifyBytes; at += 4) {
    const auto nsid = page.at<std::uint32_t>(at);
    if (nsid == 0) break;
    if (!list.empty() && nsid <= list.back()) return corrupt("Namespace ID list: not ascending");
    list.push_back(nsid);
  }
  return list;
}

Result<NvmeSanitizeLog> decode_sanitize_log(std::span<const std::byte> bytes) {
  constexpr std::uint16_t kLastNamed = 4;
  const Page page = TRY(page_of(bytes, kSanitizeLogBytes, "Sanitize Status"));
  const auto status = page.at<std::uint16_t>(2);
  const auto state = static_cast<std::uint16_t>(status & 0x7);
  NvmeSanitizeLog log;
  log.state = state <= kLastNamed ? static_cast<SanitizeState>(state) : SanitizeState::Other;
  log.progress = page.at<std::uint16_t>(0);
  log.passes_done = status >> 3 & 0x1F;
  log.is_globally_erased = page.bit(2, 8);
  log.started_with = page.at<std::uint32_t>(4);
  log.overwrite_seconds = seconds_at(page, 8);
  log.block_erase_seconds = seconds_at(page, 12);
  log.crypto_erase_seconds = seconds_at(page, 16);
  return log;
}

}  // namespace relance
