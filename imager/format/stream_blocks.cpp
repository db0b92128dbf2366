#include "imager/format/stream_blocks.h"

#include <algorithm>

#include "wiper/base/crc32.h"

namespace relance {
namespace {

constexpr std::uint32_t kRawBlock = 512;
constexpr std::string_view kMagic = "partclone-image";

}  // namespace

Result<StreamBlocks> StreamBlocks::open(FrameStream& stream, const StreamRoom& room) {
  StreamBlocks blocks(stream);
  Bytes begin(kStreamHeaderBytes);
  TRY(stream.read(begin));
  if (as_text(begin).substr(0, kMagic.size()) != kMagic && room.may_be_raw) {
    TRY(blocks.open_raw(begin, room.bytes));
    return blocks;
  }
  blocks.header_ = TRY(parse_stream_header(begin));
  if (blocks.header_.block_count > room.bytes / blocks.header_.block_bytes)
    return Error{Errc::Corrupt, Stop::ImageHostile, "partclone stream: larger than its partition"};
  Bytes bitmap(bitmap_size(blocks.header_));
  TRY(stream.read(bitmap));
  blocks.used_ = TRY(parse_bitmap(blocks.header_, bitmap));
  blocks.has_header_ = true;
  blocks.left_ = blocks.header_.used_blocks;
  return blocks;
}

Result<void> StreamBlocks::open_raw(std::span<const std::byte> begin, std::uint64_t raw_bytes) {
  const std::uint64_t count = raw_bytes / kRawBlock;
  if (count == 0 || raw_bytes % kRawBlock != 0)
    return Error{Errc::Corrupt, Stop::ImageHostile, "a raw partition of odd size"};
  header_.file_system = "raw";
  header_.device_bytes = raw_bytes;
  header_.block_bytes = kRawBlock;
  header_.block_count = count;
  header_.used_by_superblock = count;
  header_.used_blocks = count;
  used_.add({0, count});
  begin_.assign(begin.begin(), begin.end());
  left_ = count;
  return {};
}

Result<void> StreamBlocks::read(std::span<std::byte> into) {
  require(into.size() % header_.block_bytes == 0 && into.size() / header_.block_bytes <= left_,
          "more blocks than the stream has");
  while (!into.empty()) {
    std::uint64_t count = into.size() / header_.block_bytes;
    if (header_.blocks_per_sum > 0) count = std::min<std::uint64_t>(count, header_.blocks_per_sum - blocks_in_sum_);
    const std::span<std::byte> some = into.first(static_cast<std::size_t>(count) * header_.block_bytes);
    TRY(take(some));
    if (header_.sums == BlockSums::Crc32) crc_ = crc32(some, crc_);
    blocks_in_sum_ += static_cast<std::uint32_t>(header_.blocks_per_sum > 0 ? count : 0);
    left_ -= count;
    into = into.subspan(some.size());
    if (header_.blocks_per_sum > 0 && blocks_in_sum_ == header_.blocks_per_sum) TRY(check_sum());
  }
  return {};
}

Result<void> StreamBlocks::take(std::span<std::byte> into) {
  const std::size_t kept = std::min(begin_.size(), into.size());
  std::copy_n(begin_.begin(), kept, into.begin());
  begin_.erase(begin_.begin(), begin_.begin() + static_cast<std::ptrdiff_t>(kept));
  return stream_.read(into.subspan(kept));
}

Result<void> StreamBlocks::check_sum() {
  Bytes sum(sum_bytes(header_.sums));
  TRY(stream_.read(sum));
  // partclone's CRC lacks the final complement.
  if (header_.sums == BlockSums::Crc32 && load_le<std::uint32_t>(sum) != ~crc_)
    return Error{Errc::Corrupt, Stop::ImageDamaged, "partclone stream: the sum of some blocks is wrong"};
  blocks_in_sum_ = 0;
  if (header_.reseeds) crc_ = 0;
  return {};
}

Result<void> StreamBlocks::expect_end() {
  require(left_ == 0, "the end of a stream is expected before its last block");
  if (blocks_in_sum_ > 0) TRY(check_sum());
  return stream_.expect_end();
}

}  // namespace relance
