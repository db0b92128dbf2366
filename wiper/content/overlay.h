#pragma once
// A few blocks with their bytes: partition table, boot code, grown metadata, host name. Made once, saved on the stick
// before its first byte is written, replayed on resume. The file is hostile when it is read back: lengths are checked and
// the journal holds its hash.
//
// File (integers little-endian):
//   0   8  magic "RLOVERLY"
//   8   4  version 1
//   12  4  logical block, bytes
//   16  8  number of extents n
//   24     n times: first LBA (8), count (8); ascending, apart, not empty
//   ...    the blocks of all extents, back to back

#include <map>

#include "wiper/content/content.h"
#include "wiper/crypto/hash.h"

namespace relance {

class Overlay {
 public:
  explicit Overlay(std::uint32_t block_bytes) : block_bytes_(block_bytes) {}

  // Puts whole blocks; what was there is replaced. `bytes` is a whole number of blocks.
  void put(std::uint64_t first_lba, std::span<const std::byte> bytes);
  // The bytes of one block, or nothing if the overlay does not have it.
  std::optional<std::span<const std::byte>> block(std::uint64_t lba) const;

  std::uint32_t block_bytes() const { return block_bytes_; }
  ExtentSet extents() const;
  bool empty() const { return blocks_.empty(); }

  Bytes to_file() const;
  static Result<Overlay> from_file(std::span<const std::byte> file);  // Errc::Corrupt.

 private:
  std::uint32_t block_bytes_;
  std::map<std::uint64_t, Bytes> blocks_;
};

enum class OverlayPart : std::uint8_t {
  AllButFirstBlock,
  FirstBlock,
  Whole
};  // LBA 0 is written last, in a sweep of its own.

template <>
struct EnumNames<OverlayPart> {
  static constexpr std::array<std::string_view, 3> names{"all-but-first-block", "first-block", "whole"};
};

// Chunks of neighbouring blocks. `overlay` is shared, not copied.
std::shared_ptr<Content> overlay_content(std::string name, std::shared_ptr<const Overlay> overlay, OverlayPart part);

}  // namespace relance
