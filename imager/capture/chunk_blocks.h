#pragma once
// The blocks of a chunk out of a drive: few long reads instead of many short ones, and zeros where nothing is to be read.

#include "imager/capture/cut_chunks.h"
#include "wiper/device/block_buffer.h"

namespace relance {

// One thread at a time: it owns the buffer that the drive reads into.
class ChunkBlocks {
 public:
  ChunkBlocks(BlockReader& drive, std::uint64_t first_lba, std::uint32_t block_bytes);

  // The chunk's blocks back to back; `into` has exactly their size. Errors: the drive's.
  Result<void> read(const ChunkPlan& plan, std::span<std::byte> into);

 private:
  struct Piece {
    std::uint64_t offset = 0;  // Bytes from the start of the drive.
    std::span<std::byte> into;
  };
  std::vector<Piece> pieces_of(const ChunkPlan& plan, std::span<std::byte> into) const;
  Result<void> read_together(std::span<const Piece> pieces);

  BlockReader& drive_;
  std::uint64_t start_;  // Bytes.
  std::uint32_t block_bytes_;
  std::uint32_t logical_bytes_;
  BlockBuffer buffer_;
};

}  // namespace relance
