#pragma once
// The used blocks of a partclone stream, one after another, with its block sums checked and taken out. Also of a stream
// without a header (partclone.dd), which is the partition's bytes.

#include "imager/format/frame.h"
#include "imager/format/partclone.h"

namespace relance {

struct StreamRoom {
  std::uint64_t bytes = 0;  // Of the partition: no stream may map more, and one without a header is exactly so long.
  bool may_be_raw = false;
};

// One thread at a time; the FrameStream outlives it.
class StreamBlocks {
 public:
  // Reads the header and the bitmap, or, if it begins otherwise and that is allowed, nothing.
  static Result<StreamBlocks> open(FrameStream& stream, const StreamRoom& room);

  const StreamHeader& header() const { return header_; }
  const ExtentSet& used() const { return used_; }
  bool has_header() const { return has_header_; }

  // The next blocks; `into` is a whole number of them, no more than are left. Corrupt: ImageDamaged for a wrong sum or end.
  Result<void> read(std::span<std::byte> into);
  // After the last block: its sum, and nothing behind.
  Result<void> expect_end();

 private:
  explicit StreamBlocks(FrameStream& stream) : stream_(stream) {}
  Result<void> open_raw(std::span<const std::byte> begin, std::uint64_t raw_bytes);
  Result<void> take(std::span<std::byte> into);
  Result<void> check_sum();

  FrameStream& stream_;
  bool has_header_ = false;
  StreamHeader header_;
  ExtentSet used_;
  Bytes begin_;             // Of a raw stream: what was read to look for a header.
  std::uint64_t left_ = 0;  // Blocks.
  std::uint32_t blocks_in_sum_ = 0;
  std::uint32_t crc_ = 0;
};

}  // namespace relance
