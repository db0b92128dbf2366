#include "imager/capture/chunk_blocks.h"

#include <algorithm>
#include <cstring>

namespace relance {
namespace {

constexpr std::uint64_t kReadThrough = 64 * 1024;  // A gap that costs less to read than a seek or a system call.

}  // namespace

ChunkBlocks::ChunkBlocks(BlockReader& drive, std::uint64_t first_lba, std::uint32_t block_bytes)
    : drive_(drive),
      start_(first_lba * drive.geometry().logical_bytes),
      block_bytes_(block_bytes),
      logical_bytes_(drive.geometry().logical_bytes),
      buffer_(kLargestChunkBytes + 2 * static_cast<std::size_t>(logical_bytes_)) {}

Result<void> ChunkBlocks::read(const ChunkPlan& plan, std::span<std::byte> into) {
  require(into.size() == plan.extents.block_count() * block_bytes_, "a chunk is read into a buffer of another size");
  std::fill(into.begin(), into.end(), std::byte{0});
  const std::vector<Piece> pieces = pieces_of(plan, into);
  for (std::size_t first = 0; first < pieces.size();) {
    std::size_t behind = first + 1;
    const auto end_of = [&](std::size_t i) { return pieces[i].offset + pieces[i].into.size(); };
    while (behind < pieces.size() && pieces[behind].offset - end_of(behind - 1) <= kReadThrough &&
           end_of(behind) - pieces[first].offset <= kLargestChunkBytes)
      ++behind;
    const std::span<const Piece> some = std::span(pieces).subspan(first, behind - first);
    Result<void> result = read_together(some);
    // A gap may hold what cannot be read; nobody wants it.
    if (!result.ok() && result.error().code == Errc::Io && some.size() > 1)
      for (const Piece& piece : some) TRY(read_together(std::span(&piece, 1)));
    else
      TRY(std::move(result));
    first = behind;
  }
  return {};
}

// What is read, ascending; blocks of zeros are left out.
std::vector<ChunkBlocks::Piece> ChunkBlocks::pieces_of(const ChunkPlan& plan, std::span<std::byte> into) const {
  std::vector<Piece> pieces;
  std::size_t at = 0;
  for (const LbaRange range : plan.extents.ranges()) {
    const ExtentSet data = plan.zeros.complement(range);
    for (const LbaRange part : data.ranges()) {
      const std::size_t skip = static_cast<std::size_t>(part.first - range.first) * block_bytes_;
      pieces.push_back({start_ + part.first * block_bytes_,
                        into.subspan(at + skip, static_cast<std::size_t>(part.count) * block_bytes_)});
    }
    at += static_cast<std::size_t>(range.count) * block_bytes_;
  }
  return pieces;
}

Result<void> ChunkBlocks::read_together(std::span<const Piece> pieces) {
  const std::uint64_t first = pieces.front().offset / logical_bytes_;
  const std::uint64_t end_byte = pieces.back().offset + pieces.back().into.size();
  const LbaRange range = range_between(first, (end_byte + logical_bytes_ - 1) / logical_bytes_);
  const std::span<std::byte> bytes = buffer_.first(static_cast<std::size_t>(range.count) * logical_bytes_);
  TRY(drive_.read(range, bytes));
  for (const Piece& piece : pieces)
    std::memcpy(piece.into.data(), bytes.data() + (piece.offset - first * logical_bytes_), piece.into.size());
  return {};
}

}  // namespace relance
