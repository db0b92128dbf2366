#include "imager/format/frame_chunks.h"

namespace relance {

Result<std::shared_ptr<FrameChunks>> FrameChunks::open(const ImagePartition& partition,
                                                       std::unique_ptr<FileSource> file) {
  std::shared_ptr<FrameChunks> chunks(new FrameChunks(partition, std::move(file)));
  TRY(chunks->check_header());
  return chunks;
}

FrameChunks::FrameChunks(const ImagePartition& partition, std::unique_ptr<FileSource> file)
    : partition_(partition), file_(std::move(file)) {}

Result<void> FrameChunks::check_header() {
  if (partition_.header_length == 0) return {};
  Bytes header(partition_.header_length);
  TRY(file_->read(0, header));
  if (sha256(header) != partition_.header_sha256)
    return damaged_image(partition_.file + ": its first frame has another hash");
  return {};
}

Result<void> FrameChunks::read(std::size_t index, std::span<std::byte> bytes) {
  const ImageChunk& chunk = partition_.chunks.at(index);
  require(bytes.size() == chunk.extents.block_count() * partition_.block_bytes,
          "a chunk is read into a buffer of another size");
  std::unique_ptr<Decoding> decoding = take();
  decoding->frame.resize(chunk.length);
  Result<void> result = file_->read(chunk.offset, decoding->frame);
  // Before a single byte of it is decoded.
  if (result.ok() && sha256(decoding->frame) != chunk.frame_sha256)
    result = damaged_image(partition_.file + ": chunk " + std::to_string(index) + " has another hash");
  if (result.ok()) result = decoding->decoder.decode(decoding->frame, bytes);
  give_back(std::move(decoding));
  return result;
}

std::unique_ptr<FrameChunks::Decoding> FrameChunks::take() {
  const std::lock_guard lock(mutex_);
  if (idle_.empty()) return std::make_unique<Decoding>();
  std::unique_ptr<Decoding> decoding = std::move(idle_.back());
  idle_.pop_back();
  return decoding;
}

void FrameChunks::give_back(std::unique_ptr<Decoding> decoding) {
  const std::lock_guard lock(mutex_);
  idle_.push_back(std::move(decoding));
}

}  // namespace relance
