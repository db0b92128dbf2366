#pragma once
// What a partition of the image holds, as bytes: chunks are decoded as they are asked for, and the last one is kept. What
// the image does not have reads as zeros. One thread at a time.

#include <optional>

#include "imager/filesystem/byte_reader.h"
#include "imager/format/image_folder.h"

namespace relance {

class ImageBytes final : public ByteReader {
 public:
  // `image` outlives it.
  ImageBytes(const ImageFolder& image, std::size_t partition);

  std::uint64_t size_bytes() const override;
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override;

 private:
  struct Run {  // Of neighbouring blocks in one chunk; in bytes.
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::size_t chunk = 0;
    std::size_t in_chunk = 0;  // Where its bytes begin among the chunk's.
  };
  const ImagePartition& partition() const { return image_.manifest().partitions[partition_]; }
  Result<std::span<const std::byte>> bytes_of(std::size_t chunk);

  const ImageFolder& image_;
  std::size_t partition_;
  std::vector<Run> runs_;  // Ascending.
  std::optional<std::size_t> decoded_;
  Bytes bytes_;
};

// A partition of the drive, and behind its end what the image has there: the end of a file system that is to be cut.
class DeployedBytes final : public ByteReader {
 public:
  DeployedBytes(BlockReader& drive, LbaRange range, ByteReader& image, std::uint64_t size_bytes)
      : drive_(drive, range), image_(image), size_bytes_(size_bytes) {}

  std::uint64_t size_bytes() const override { return size_bytes_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override;

 private:
  PartitionBytes drive_;
  ByteReader& image_;
  std::uint64_t size_bytes_;
};

}  // namespace relance
