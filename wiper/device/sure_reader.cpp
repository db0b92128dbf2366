#include "wiper/device/sure_reader.h"

#include <algorithm>

#include "wiper/device/block_buffer.h"

namespace relance {
namespace {

constexpr int kAttempts = 3;

}  // namespace

Result<void> SureReader::read(LbaRange range, std::span<std::byte> bytes) {
  Error trouble{Errc::Io, Stop::ReadErrors,
                "the drive reads LBA " + std::to_string(range.first) + " differently each time"};
  BlockBuffer again(bytes.size());
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    const Result<bool> is_sure = read_twice(range, bytes, again.bytes());
    if (is_sure.ok() && is_sure.value()) return {};
    if (!is_sure.ok()) trouble = is_sure.error();
    if (trouble.code != Errc::Io) break;
  }
  return trouble;
}

Result<bool> SureReader::read_twice(LbaRange range, std::span<std::byte> once, std::span<std::byte> twice) {
  std::ranges::fill(once, std::byte{0x5A});
  TRY(reader_.read(range, once));
  std::ranges::fill(twice, std::byte{0xA5});
  TRY(reader_.read(range, twice));
  return std::ranges::equal(once, twice);
}

}  // namespace relance
