#pragma once
// Where the blocks of a partition come from when it is written: chunk by chunk, each as the manifest says or not at all.

#include "imager/format/manifest.h"

namespace relance {

// Where a partition's chunks come from: independent frames, or one long foreign frame. Any number of threads at once.
class ChunkReader {
 public:
  virtual ~ChunkReader() = default;
  // The blocks of the chunk, back to back; `bytes` has exactly their size. Corrupt with Stop::ImageDamaged: not what the
  // manifest says, nothing of `bytes` may be used.
  virtual Result<void> read(std::size_t chunk, std::span<std::byte> bytes) = 0;
};

// Stop::ImageDamaged, with what is damaged.
inline Error damaged_image(std::string detail) { return {Errc::Corrupt, Stop::ImageDamaged, std::move(detail)}; }

}  // namespace relance
