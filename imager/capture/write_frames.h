#pragma once
// The one pipeline of the house: chunks are read, hashed and compressed by equal workers in any order, and their frames
// land in the file in order. Memory is bounded by the workers, whatever the partition.

#include "imager/capture/cut_chunks.h"
#include "imager/format/folder.h"
#include "imager/format/frame.h"
#include "imager/format/image_folder.h"
#include "wiper/base/executor.h"

namespace relance {

struct ChunkSource {
  BlockReader& drive;
  std::uint64_t first_lba = 0;  // Of the partition.
  std::uint32_t block_bytes = 0;
  const std::vector<ChunkPlan>& plans;
};

struct PipelineOptions {
  unsigned workers = 1;
  int level = kDefaultLevel;
  std::function<void(std::uint64_t bytes)> did;  // Bytes of blocks that went in; one call at a time.
};

struct WrittenFrames {
  Bytes header_frame;
  std::vector<ImageChunk> chunks;
  std::vector<ImageFile> files;  // More than one: volumes.
  std::uint64_t size_bytes = 0;  // Of all.
};

// Writes `head` (empty: none) as the first frame, then a frame a chunk, and finishes the file. The first error ends it: of
// the source (ReadErrors, after each extent was tried by itself) or of the sink.
Result<WrittenFrames> write_frames(const std::string& name, std::span<const std::byte> head, const ChunkSource& source,
                                   FolderSink& folder, Executor& executor, const PipelineOptions& options);

}  // namespace relance
