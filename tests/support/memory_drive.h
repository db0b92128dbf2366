#pragma once
// A drive of bytes for unit tests of one library: reads and writes what it is told, with refusals by LBA. The behaving
// simulation (caches, power, faults by operation) is wiper/sim.

#include <cstring>

#include "wiper/device/block_device.h"
#include "wiper/device/extent_set.h"

namespace relance {

class MemoryDrive : public BlockDevice {
 public:
  explicit MemoryDrive(Geometry geometry, std::byte first_life = std::byte{0xAA})
      : geometry_(geometry), platter(static_cast<std::size_t>(geometry.size_bytes()), first_life) {}

  Geometry geometry() const override { return geometry_; }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override {
    if (!unreadable.cropped(range).empty()) return Error{Errc::Io, Stop::ReadErrors, "read error"};
    if (!undelivered.cropped(range).empty()) return {};
    std::memcpy(bytes.data(), platter.data() + offset(range.first), bytes.size());
    return {};
  }
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override {
    if (!unwritable.cropped(range).empty()) return Error{Errc::Io, Stop::WriteErrors, "write error"};
    if (!lost.cropped(range).empty()) return {};
    std::memcpy(platter.data() + offset(range.first), bytes.data(), bytes.size());
    ++writes;
    written.add(range);
    return {};
  }
  Result<void> flush() override {
    ++flushes;
    if (failing_flushes == 0) return {};
    --failing_flushes;
    return Error{Errc::Io, Stop::WriteErrors, "flush error"};
  }

 private:
  std::size_t offset(std::uint64_t lba) const { return static_cast<std::size_t>(lba) * geometry_.logical_bytes; }
  Geometry geometry_;

 public:
  Bytes platter;
  ExtentSet unreadable;
  ExtentSet unwritable;
  ExtentSet lost;         // Writes that say yes and land nowhere.
  ExtentSet undelivered;  // Reads that say yes and deliver nothing.
  unsigned failing_flushes = 0;
  unsigned flushes = 0;
  unsigned writes = 0;
  ExtentSet written;
};

}  // namespace relance
