#pragma once
// The seam around a drive's blocks. Who may not write gets a BlockReader, a type that cannot.

#include <cstddef>
#include <cstdint>
#include <span>

#include "wiper/device/lba_range.h"

namespace relance {

struct Geometry {
  std::uint64_t block_count = 0;       // Logical blocks, up to the native size once nothing is hidden.
  std::uint32_t logical_bytes = 512;   // 512 or 4096; a power of two.
  std::uint32_t physical_bytes = 512;  // A multiple of logical_bytes: chunks start on it.

  std::uint64_t size_bytes() const { return block_count * logical_bytes; }
  LbaRange whole() const { return {0, block_count}; }

  static constexpr auto fields() {
    return std::tuple{field("block_count", &Geometry::block_count), field("logical_bytes", &Geometry::logical_bytes),
                      field("physical_bytes", &Geometry::physical_bytes)};
  }
  bool operator==(const Geometry&) const = default;
};

// Whole blocks or an error: what a failed call did to its blocks is unknown. Several threads at once. `bytes` starts at
// an address that is a multiple of the logical block, as every part of a BlockBuffer in whole blocks does, and is exactly
// range.count blocks long; both are checked, a breach aborts. Errors: Io (these blocks; others may be well), Gone (the drive is not there any more), Timeout. A call may never
// return: then only the supervisor notices.
class BlockReader {
 public:
  virtual ~BlockReader() = default;
  virtual Geometry geometry() const = 0;
  virtual Result<void> read(LbaRange range, std::span<std::byte> bytes) = 0;
};

class BlockDevice : public BlockReader {
 public:
  // Done means: the drive has taken it, perhaps into a cache that a power cut empties.
  virtual Result<void> write(LbaRange range, std::span<const std::byte> bytes) = 0;
  // Done means: every write that had returned before this call began is on the platter. After an error nobody knows which
  // of them are, nor of those that came while it ran, and a later success says nothing about them.
  virtual Result<void> flush() = 0;
};

}  // namespace relance
