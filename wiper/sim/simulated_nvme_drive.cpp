#include "wiper/sim/simulated_nvme_drive.h"

#include <bit>

#include "wiper/command/nvme_commands.h"

namespace relance {
namespace {

constexpr std::uint16_t kInvalidOpcode = 0x01;
constexpr std::uint16_t kInvalidField = 0x02;
constexpr std::uint16_t kInvalidNamespace = 0x0B;
constexpr std::uint16_t kSanitizeFailed = 0x1C;
constexpr std::uint16_t kSanitizeInProgress = 0x1D;

NvmeReply refusal(std::uint16_t status) { return {.status = status, .data = {}}; }

}  // namespace

Result<NvmeReply> SimulatedNvmeDrive::submit(const NvmeCommand& command) {
  switch (command.opcode) {
    case nvme::kIdentify:
      return identify(command);
    case nvme::kGetLogPage:
      return (command.dwords[0] & 0xFF) == nvme::kSanitizeLog ? sanitize_log() : refusal(kInvalidField);
    case nvme::kSanitize:
      return sanitize(command);
    case nvme::kFormat:
      return format(command);
    default:
      return refusal(kInvalidOpcode);
  }
}

NvmeReply SimulatedNvmeDrive::identify(const NvmeCommand& command) const {
  Bytes page(4096);
  const auto put = [&](std::size_t at, auto value) { store_le<decltype(value)>(std::span(page).subspan(at), value); };
  switch (command.dwords[0] & 0xFF) {
    case 0x00: {
      if (command.nsid == 0 || command.nsid > temper_.namespaces) return refusal(kInvalidNamespace);
      const Geometry geometry = drive_.geometry();
      put(0, geometry.block_count);
      put(8, geometry.block_count);
      put(128, static_cast<std::uint32_t>(std::countr_zero(geometry.logical_bytes)) << 16);
      break;
    }
    case 0x01:
      put(256, static_cast<std::uint16_t>(1 << 3 | (temper_.has_format ? 1 << 1 : 0)));
      put(328, temper_.has_sanitize ? std::uint32_t{7} : std::uint32_t{0});
      put(516, std::uint32_t{16});
      put(524, static_cast<std::uint8_t>(1 << 2));
      break;
    default:  // Both lists.
      for (std::uint32_t i = 0; i < temper_.namespaces; ++i) put(4 * std::size_t{i}, i + 1);
  }
  return {.data = page};
}

NvmeReply SimulatedNvmeDrive::sanitize(const NvmeCommand& command) {
  constexpr std::uint32_t kExitFailure = 1;
  constexpr std::uint32_t kLargestAction = 4;
  if (!temper_.has_sanitize) return refusal(kInvalidOpcode);
  if (temper_.answers_only) return {};
  if (sanitize_ == Sanitize::Running) return refusal(kSanitizeInProgress);
  const std::uint32_t action = command.dwords[0] & 7;
  if (action == kExitFailure) {
    sanitize_ = Sanitize::NeverRan;
    drive_.refuse_blocks(false);
    return {};
  }
  if (sanitize_ == Sanitize::Failed) return refusal(kSanitizeFailed);
  if (action == 0 || action > kLargestAction) return refusal(kInvalidField);
  sanitize_ = Sanitize::Running;
  started_with_ = command.dwords[0];
  polls_ = 0;
  drive_.refuse_blocks(true);
  return {};
}

NvmeReply SimulatedNvmeDrive::sanitize_log() {
  constexpr std::uint16_t kIdle = 0xFFFF;
  constexpr std::uint16_t kNoEstimateAt = 8;
  std::uint16_t progress = kIdle;
  if (sanitize_ == Sanitize::Running) {
    const bool sticks = temper_.sanitize_sticks_at && polls_ >= *temper_.sanitize_sticks_at;
    const bool fails = temper_.sanitize_fails_at && polls_ >= *temper_.sanitize_fails_at;
    const bool is_over = !sticks && (fails || polls_ >= temper_.sanitize_polls);
    const std::uint64_t blocks = drive_.geometry().block_count;
    fill(is_over && !fails ? blocks : blocks * polls_ / (temper_.sanitize_polls + 1));
    if (is_over) sanitize_ = fails ? Sanitize::Failed : Sanitize::Succeeded;
    if (sanitize_ == Sanitize::Succeeded) drive_.refuse_blocks(false);
    if (!is_over) progress = static_cast<std::uint16_t>(0x10000 * polls_ / (temper_.sanitize_polls + 1));
    if (!sticks) ++polls_;
  }
  constexpr std::uint16_t kStates[] = {0, 1, 2, 3};
  Bytes log(512);
  store_le<std::uint16_t>(log, progress);
  store_le<std::uint16_t>(std::span(log).subspan(2), kStates[static_cast<std::size_t>(sanitize_)]);
  store_le<std::uint32_t>(std::span(log).subspan(4), started_with_);
  for (std::size_t at = kNoEstimateAt; at < kNoEstimateAt + 24; at += 4)
    store_le<std::uint32_t>(std::span(log).subspan(at), 0xFFFFFFFF);
  return {.data = log};
}

NvmeReply SimulatedNvmeDrive::format(const NvmeCommand& command) {
  if (!temper_.has_format) return refusal(kInvalidOpcode);
  if (is_deaf()) return refusal(sanitize_ == Sanitize::Running ? kSanitizeInProgress : kSanitizeFailed);
  const bool erases = (command.dwords[0] >> 9 & 7) != 0;
  if (command.nsid != 1 || !erases) return refusal(kInvalidField);
  if (!temper_.answers_only) fill(drive_.geometry().block_count);
  return {};
}

void SimulatedNvmeDrive::fill(std::uint64_t count) {
  if (count == 0 || temper_.erases_nothing) return;
  drive_.put(0, Bytes(static_cast<std::size_t>(count) * drive_.geometry().logical_bytes, temper_.leaves));
}

}  // namespace relance
