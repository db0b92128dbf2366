#include "imager/format/foreign_chunks.h"

#include <algorithm>
#include <cstring>

#include "wiper/content/content.h"

namespace relance {
namespace {

constexpr std::size_t kMostKept = 16;  // 64 MiB: workers are rarely that far apart.

// Used blocks in order, cut where a chunk is full.
std::vector<ExtentSet> cut(const ExtentSet& used, std::uint32_t block_bytes) {
  const std::uint64_t most = kLargestChunkBytes / block_bytes;
  std::vector<ExtentSet> pieces;
  std::uint64_t room = 0;
  for (LbaRange range : used.ranges()) {
    while (!range.empty()) {
      if (room == 0) {
        pieces.emplace_back();
        room = most;
      }
      const std::uint64_t count = std::min(range.count, room);
      pieces.back().add({range.first, count});
      range = range_between(range.first + count, range.end());
      room -= count;
    }
  }
  return pieces;
}

}  // namespace

Result<IndexedStream> index_stream(FileSource& file, const StreamRoom& room,
                                   const std::function<void(std::uint64_t)>& at) {
  FrameStream stream(file);
  StreamBlocks blocks = TRY(StreamBlocks::open(stream, room));
  IndexedStream index{blocks.has_header(), blocks.header(), blocks.used(), {}};
  Bytes buffer(kLargestChunkBytes);
  for (ExtentSet& extents : cut(index.used, index.header.block_bytes)) {
    const std::span<std::byte> bytes =
        std::span(buffer).first(static_cast<std::size_t>(extents.block_count()) * index.header.block_bytes);
    TRY(blocks.read(bytes));
    ImageChunk chunk;
    chunk.zero = is_zero(bytes);
    chunk.sha256 = sha256(bytes);
    chunk.extents = std::move(extents);
    index.chunks.push_back(std::move(chunk));
    at(stream.consumed());
  }
  TRY(blocks.expect_end());
  return index;
}

ForeignChunks::ForeignChunks(const ImagePartition& partition, std::unique_ptr<FileSource> file, const StreamRoom& room)
    : partition_(partition), file_(std::move(file)), room_(room) {}

Result<void> ForeignChunks::read(std::size_t chunk, std::span<std::byte> bytes) {
  require(bytes.size() == size_of(chunk), "a chunk is read into a buffer of another size");
  const std::lock_guard lock(mutex_);
  const bool gone = !kept_.contains(chunk) && chunk < next_;
  if (!blocks_ || gone) TRY(start_over());
  if (!kept_.contains(chunk)) TRY(decode_up_to(chunk));
  const Bytes found = std::move(kept_.at(chunk));
  kept_.erase(chunk);
  if (sha256(found) != partition_.chunks[chunk].sha256) {
    blocks_.reset();  // It is not the stream that was indexed.
    return damaged_image(partition_.file + ": chunk " + std::to_string(chunk) +
                         " is not what it was when the image was opened");
  }
  std::copy(found.begin(), found.end(), bytes.begin());
  return {};
}

Result<void> ForeignChunks::start_over() {
  kept_.clear();
  next_ = 0;
  blocks_.reset();
  stream_ = std::make_unique<FrameStream>(*file_);
  StreamBlocks blocks = TRY(StreamBlocks::open(*stream_, room_));
  const bool same =
      blocks.header().block_bytes == partition_.block_bytes && blocks.header().block_count == partition_.block_count;
  if (!same) return damaged_image(partition_.file + " is not what it was when the image was opened");
  blocks_.emplace(std::move(blocks));
  return {};
}

// On an error nothing is kept: the next call starts over.
Result<void> ForeignChunks::decode_up_to(std::size_t chunk) {
  for (; next_ <= chunk; ++next_) {
    Bytes bytes(size_of(next_));
    Result<void> result = blocks_->read(bytes);
    if (!result.ok()) {
      blocks_.reset();
      return result;
    }
    if (kept_.size() == kMostKept) kept_.erase(kept_.begin());
    kept_.emplace(next_, std::move(bytes));
  }
  return {};
}

std::size_t ForeignChunks::size_of(std::size_t chunk) const {
  return static_cast<std::size_t>(partition_.chunks.at(chunk).extents.block_count()) * partition_.block_bytes;
}

}  // namespace relance
