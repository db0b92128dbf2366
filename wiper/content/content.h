#pragma once
// What a drive should hold, or a part of it: ascending chunks, each a few ranges of blocks that are filled and compared
// together. Erase passes, a master image's partitions and the finishing overlay are all contents; only a sweep writes them.

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wiper/device/block_device.h"
#include "wiper/device/extent_set.h"

namespace relance {

// What a journal and a certificate know of a content.
struct ContentIdentity {
  std::string name;  // "zero", "keyed-1", "image", "finish"…
  std::string
      digest;  // Lower-case hex SHA-256 of what determines its bytes (pattern and key's hash, manifest, overlay file).
  std::uint64_t chunk_count = 0;
  std::uint64_t block_count = 0;

  static constexpr auto fields() {
    return std::tuple{field("name", &ContentIdentity::name), field("digest", &ContentIdentity::digest),
                      field("chunk_count", &ContentIdentity::chunk_count),
                      field("block_count", &ContentIdentity::block_count)};
  }
  bool operator==(const ContentIdentity&) const = default;
};

inline constexpr std::uint64_t kLargestChunkBytes = std::uint64_t{4} << 20;  // A frame of an image; a worker's buffer.

// Immutable once made. Threading: any number of workers may call any member at once, for different chunks.
class Content {
 public:
  virtual ~Content() = default;

  virtual ContentIdentity identity() const = 0;
  virtual std::uint64_t chunk_count() const = 0;
  // The chunk's ranges, ascending and apart; all of them together at most kLargestChunkBytes. No two chunks overlap.
  virtual std::vector<LbaRange> chunk(std::uint64_t index) const = 0;

  virtual std::uint64_t largest_chunk_blocks()
      const;  // By default looks at every chunk; a worker's buffer is that large.

  // What the chunk's ranges hold, back to back; `bytes` has exactly that size. Errors: Corrupt (a frame whose hash is
  // wrong: nothing of it may be written), Gone or Io (the medium it comes from).
  virtual Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) = 0;

  // Which of the chunk's blocks do not hold what they should, given what was read (back to back, as for fill). `scratch`
  // is as large and free to use. A content that knows only a hash answers all or nothing: see compares_by_hash().
  virtual Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                                      std::span<std::byte> scratch) = 0;

  // True: one unread block makes the whole chunk unproven, because only all of its bytes have a hash.
  virtual bool compares_by_hash() const { return false; }
  // The one byte that all of it consists of, if so. Zero here, read back, is what "proven zero" means to later steps.
  virtual std::optional<std::byte> constant() const { return std::nullopt; }
};

std::uint64_t block_count(std::span<const LbaRange> ranges);

// Blocks of `actual` (back to back over `ranges`, blocks of block_bytes) that differ from `wanted`.
ExtentSet differing_blocks(std::span<const LbaRange> ranges, std::uint32_t block_bytes,
                           std::span<const std::byte> actual, std::span<const std::byte> wanted);

}  // namespace relance
