#pragma once
// What was on a drive before us: every 16 bytes a mark of their own, so that a law can ask a platter whether any byte of
// it is left, wherever it lies by now. Keyed passes hit a mark by chance with 2^-64.

#include <algorithm>

#include "wiper/sim/simulated_drive.h"

namespace relance {

inline constexpr std::string_view kDonor = "DONATEUR";     // The first life.
inline constexpr std::string_view kStranger = "ETRANGER";  // Who booted the PC between two of our boots.
inline constexpr std::size_t kMarkBytes = 16;

inline Bytes marked_block(std::uint64_t lba, std::uint32_t block_bytes, std::string_view who) {
  Bytes block(block_bytes);
  for (std::size_t at = 0; at < block_bytes; at += kMarkBytes) {
    std::ranges::copy(as_bytes(who), block.begin() + static_cast<std::ptrdiff_t>(at));
    store_le<std::uint64_t>(std::span(block).subspan(at + who.size()), lba * 256 + at / kMarkBytes);
  }
  return block;
}

inline void put_marks(SimulatedDrive& drive, LbaRange range, std::string_view who) {
  for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
    drive.put(lba, marked_block(lba, drive.geometry().logical_bytes, who));
}

// The blocks that hold a mark of theirs.
inline ExtentSet blocks_of(std::string_view who, std::span<const std::byte> platter, std::uint32_t block_bytes) {
  ExtentSet found;
  for (std::size_t at = 0; at + kMarkBytes <= platter.size(); at += kMarkBytes)
    if (as_text(platter.subspan(at, who.size())) == who) found.add({at / block_bytes, 1});
  return found;
}

}  // namespace relance
