#pragma once
// Bytes as a function of their place on the drive: what an overwrite pass writes. Cannot fail, so every block can be
// checked without remembering what was written.

#include <memory>
#include <string>

#include "wiper/content/content.h"
#include "wiper/crypto/keyed_stream.h"

namespace relance {

class Pattern {
 public:
  virtual ~Pattern() = default;
  // Any thread, any alignment.
  virtual void fill(std::uint64_t byte_offset, std::span<std::byte> bytes) const = 0;
  virtual std::optional<std::byte> constant() const { return std::nullopt; }
  virtual std::string description() const = 0;  // What determines its bytes; a key appears as its hash only.
};

std::unique_ptr<Pattern> constant_pattern(std::byte value);
// The bytes again and again from byte 0 of the drive: DoD, Gutmann and the like. Not empty.
std::unique_ptr<Pattern> repeating_pattern(Bytes bytes);
std::unique_ptr<Pattern> keyed_pattern(Cipher cipher, const StreamKey& key);
// Each block starts with its own LBA (8 bytes little-endian), then zeros: shows wrapped addresses.
std::unique_ptr<Pattern> lba_stamp_pattern(std::uint32_t block_bytes);

// The blocks to stamp: the first ones, where wrapped addresses land, and those on both sides of each power of two.
ExtentSet stamp_extents(const Geometry& geometry, std::span<const unsigned> wraps);

// The pattern over the extents of a drive, cut into chunks of chunk_bytes (a multiple of the physical block, at most
// kLargestChunkBytes) that start on physical blocks; the last chunk of each extent is shorter.
std::shared_ptr<Content> pattern_content(std::string name, std::unique_ptr<Pattern> pattern, const Geometry& geometry,
                                         const ExtentSet& extents, std::uint64_t chunk_bytes);

}  // namespace relance
