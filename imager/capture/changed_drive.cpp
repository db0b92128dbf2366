#include "imager/capture/changed_drive.h"

#include <algorithm>

#include "wiper/device/read_bytes.h"

namespace relance {

Result<void> ChangedDrive::read(LbaRange range, std::span<std::byte> bytes) {
  TRY(drive_.read(range, bytes));
  const std::size_t block_bytes = geometry().logical_bytes;
  for (auto at = blocks_.lower_bound(range.first); at != blocks_.end() && at->first < range.end(); ++at)
    std::copy(at->second.begin(), at->second.end(),
              bytes.begin() + static_cast<std::ptrdiff_t>((at->first - range.first) * block_bytes));
  return {};
}

Result<void> ChangedDrive::put(std::uint64_t offset, std::span<const std::byte> bytes) {
  const std::uint64_t block_bytes = geometry().logical_bytes;
  if (!lies_inside(offset, bytes.size(), geometry().size_bytes()))
    return Error{Errc::Invalid, Stop::Internal, "a change outside of the drive"};
  while (!bytes.empty()) {
    const std::uint64_t lba = offset / block_bytes;
    const auto in_block = static_cast<std::size_t>(offset % block_bytes);
    const std::size_t count = std::min<std::size_t>(bytes.size(), static_cast<std::size_t>(block_bytes) - in_block);
    Bytes block = TRY(read_bytes(*this, lba * block_bytes, static_cast<std::size_t>(block_bytes)));
    std::copy_n(bytes.begin(), count, block.begin() + static_cast<std::ptrdiff_t>(in_block));
    blocks_[lba] = std::move(block);
    offset += count;
    bytes = bytes.subspan(count);
  }
  return {};
}

Result<void> ChangedPartition::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (!lies_inside(offset, bytes.size(), size_bytes()))
    return Error{Errc::Invalid, Stop::Internal, "a change outside of the partition"};
  return drive_.put(range_.first * drive_.geometry().logical_bytes + offset, bytes);
}

}  // namespace relance
