#pragma once
// Independent zstd frames: each says its size, carries its own checksum and can be decoded without any other, so that all
// cores decode and every chunk is checked on its own. Laid end to end they are what `zstd -dc` reads.

#include <memory>

#include "imager/format/folder.h"
#include "wiper/base/bytes.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace relance {

inline constexpr int kDefaultLevel = 3;  // 19 makes 16 % smaller images in hundred times the time.
inline constexpr int kHighestLevel = 19;

// The largest frame that FrameEncoder makes of so many bytes.
std::size_t largest_frame(std::size_t bytes);

// One thread at a time.
class FrameEncoder {
 public:
  explicit FrameEncoder(int level);  // 1 to kHighestLevel.
  Bytes encode(std::span<const std::byte> bytes);

 private:
  struct Free {
    void operator()(ZSTD_CCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_CCtx_s, Free> context_;
};

// One thread at a time. Frames were authenticated before; it trusts their lengths no more for that.
class FrameDecoder {
 public:
  FrameDecoder();
  // `frame` is one whole frame that decodes to exactly `into.size()` bytes. Corrupt with Stop::ImageDamaged otherwise.
  Result<void> decode(std::span<const std::byte> frame, std::span<std::byte> into);

 private:
  struct Free {
    void operator()(ZSTD_DCtx_s* context) const;
  };
  std::unique_ptr<ZSTD_DCtx_s, Free> context_;
};

// What `zstd -dc` would print of a file made elsewhere, from its beginning on: any frames, memory bounded by their window
// (at most 128 MiB), and never more bytes than were asked for. One thread at a time; `file` outlives it.
class FrameStream {
 public:
  explicit FrameStream(FileSource& file);
  FrameStream(FrameStream&&) noexcept;
  FrameStream& operator=(FrameStream&&) noexcept;
  ~FrameStream();

  // Exactly these bytes. Corrupt with Stop::ImageDamaged: not zstd, a wrong checksum, or an end before.
  Result<void> read(std::span<std::byte> into);
  std::uint64_t consumed() const;  // Bytes of the file.
  // Corrupt with Stop::ImageHostile if there is anything behind what was read, in the last frame or after it.
  Result<void> expect_end();

 private:
  struct State;
  Result<std::size_t> some(std::span<std::byte> into);  // 0: the end.
  std::unique_ptr<State> state_;
};

}  // namespace relance
