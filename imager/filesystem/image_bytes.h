#pragma once
// What a partition of the image holds, as bytes: chunks are decoded as they are asked for, and the last ones are kept.
// What the image does not have reads as zeros. One thread at a time.

#include <list>

#include "imager/filesystem/byte_reader.h"
#include "imager/format/image_folder.h"

namespace relance {

class ImageBytes final : public ByteReader {
 public:
  // `image` outlives it. A kept chunk takes up to kLargestChunkBytes.
  ImageBytes(const ImageFolder& image, std::size_t partition, std::size_t most_kept = 1);

  std::uint64_t size_bytes() const override;
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override;

 private:
  struct Run {  // Of neighbouring blocks in one chunk; in bytes.
    std::uint64_t first = 0;
    std::uint64_t end = 0;
    std::size_t chunk = 0;
    std::size_t in_chunk = 0;  // Where its bytes begin among the chunk's.
  };
  struct Decoded {
    std::size_t chunk = 0;
    Bytes bytes;
  };
  const ImagePartition& partition() const { return image_->manifest().partitions[partition_]; }
  Result<std::span<const std::byte>> bytes_of(std::size_t chunk);

  const ImageFolder* image_;
  std::size_t partition_;
  std::size_t most_kept_;
  std::vector<Run> runs_;    // Ascending.
  std::list<Decoded> kept_;  // The last one used in front.
};

}  // namespace relance
