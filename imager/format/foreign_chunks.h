#pragma once
// Chunks out of one long frame: decoded in order, whoever asks. Workers ask almost in order; what was passed over is kept
// for a while, and who asks for something long gone has it decoded from the beginning again.

#include <functional>
#include <map>
#include <mutex>

#include "imager/format/chunk_reader.h"
#include "imager/format/joined_file.h"
#include "imager/format/stream_blocks.h"

namespace relance {

struct IndexedStream {
  bool has_header = false;
  StreamHeader header;
  ExtentSet used;
  std::vector<ImageChunk> chunks;  // Without frames.
};

// Decodes the file to its end: every sum, every hash.
Result<IndexedStream> index_stream(FileSource& file, const StreamRoom& room,
                                   const std::function<void(std::uint64_t)>& at);

class ForeignChunks final : public ChunkReader {
 public:
  // `partition` outlives it; its chunks are those of index_stream().
  ForeignChunks(const ImagePartition& partition, std::unique_ptr<FileSource> file, const StreamRoom& room);

  // A lock is held over the reading of the file: a folder's file waits for nobody.
  Result<void> read(std::size_t chunk, std::span<std::byte> bytes) override;

 private:
  Result<void> start_over();
  Result<void> decode_up_to(std::size_t chunk);
  std::size_t size_of(std::size_t chunk) const;

  const ImagePartition& partition_;
  const std::unique_ptr<FileSource> file_;
  const StreamRoom room_;

  std::mutex mutex_;  // All below.
  std::unique_ptr<FrameStream> stream_;
  std::optional<StreamBlocks> blocks_;
  std::size_t next_ = 0;
  std::map<std::size_t, Bytes> kept_;
};

}  // namespace relance
