#pragma once
// Chunks out of a partition's file of independent frames: any chunk, in any order, by any number of threads.

#include <memory>
#include <mutex>
#include <vector>

#include "imager/format/chunk_reader.h"
#include "imager/format/frame.h"

namespace relance {

class FrameChunks final : public ChunkReader {
 public:
  // `partition` passed validate() and outlives the object; `file` is as large as its frames. Reads and authenticates frame 0.
  static Result<std::shared_ptr<FrameChunks>> open(const ImagePartition& partition, std::unique_ptr<FileSource> file);

  Result<void> read(std::size_t chunk, std::span<std::byte> bytes) override;

 private:
  struct Decoding {  // Of one thread at a time.
    FrameDecoder decoder;
    Bytes frame;
  };
  FrameChunks(const ImagePartition& partition, std::unique_ptr<FileSource> file);
  Result<void> check_header();
  std::unique_ptr<Decoding> take();
  void give_back(std::unique_ptr<Decoding> decoding);

  const ImagePartition& partition_;
  std::unique_ptr<FileSource> file_;
  std::mutex mutex_;  // Of idle_ alone.
  std::vector<std::unique_ptr<Decoding>> idle_;
};

}  // namespace relance
