#include "imager/filesystem/byte_reader.h"

#include <algorithm>
#include <cstring>

#include "wiper/device/read_bytes.h"

namespace relance {
namespace {

Error outside() { return {Errc::Invalid, Stop::Unspecified, "bytes outside of the file system"}; }

}  // namespace

PartitionBytes::PartitionBytes(BlockReader& drive, LbaRange range)
    : drive_(drive), range_(range), block_bytes_(drive.geometry().logical_bytes) {
  require(drive.geometry().whole().covers(range), "a partition outside of its drive");
}

Result<void> PartitionBytes::read(std::uint64_t offset, std::span<std::byte> bytes) {
  if (!lies_inside(offset, bytes.size(), size_bytes())) return outside();
  return read_bytes(drive_, range_.first * block_bytes_ + offset, bytes);
}

Result<void> CopyOnWrite::read(std::uint64_t offset, std::span<std::byte> bytes) {
  TRY(below_.read(offset, bytes));
  const std::uint64_t end = offset + bytes.size();
  for (auto piece = pieces_.lower_bound(offset - offset % kPieceBytes); piece != pieces_.end() && piece->first < end;
       ++piece) {
    const std::uint64_t from = std::max(offset, piece->first);
    const std::uint64_t to = std::min(end, piece->first + piece->second.size());
    std::memcpy(bytes.data() + (from - offset), piece->second.data() + (from - piece->first),
                static_cast<std::size_t>(to - from));
  }
  return {};
}

Result<void> CopyOnWrite::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  if (!lies_inside(offset, bytes.size(), size_bytes())) return outside();
  while (!bytes.empty()) {
    const auto skip = static_cast<std::size_t>(offset % kPieceBytes);
    Bytes* const piece = TRY(piece_at(offset - skip));
    const std::size_t taken = std::min(piece->size() - skip, bytes.size());
    std::memcpy(piece->data() + skip, bytes.data(), taken);
    bytes = bytes.subspan(taken);
    offset += taken;
  }
  return {};
}

Result<Bytes*> CopyOnWrite::piece_at(std::uint64_t start) {
  const auto found = pieces_.find(start);
  if (found != pieces_.end()) return &found->second;
  Bytes piece(static_cast<std::size_t>(std::min<std::uint64_t>(kPieceBytes, size_bytes() - start)));
  TRY(below_.read(start, piece));
  return &pieces_.emplace(start, std::move(piece)).first->second;
}

}  // namespace relance
