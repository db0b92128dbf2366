#pragma once
// A drive that is honest, slow and forgetful: platter and write cache behind the BlockDevice seam. Alone it answers at
// once; plugged into the seam of a boot its calls are counted, take simulated time, may pass the baton, and end with the
// power. Faults are laid over it by FaultyDevice.

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "wiper/sim/platter.h"
#include "wiper/sim/seam.h"

namespace relance {

inline constexpr std::byte kFactoryContent{0xF1};

struct DriveTemper {
  std::uint64_t seed = 1;  // Of latencies and of what a power cut leaves.
  nanoseconds slowest_access = std::chrono::microseconds(500);
  nanoseconds slowest_flush = std::chrono::milliseconds(5);
  // Bytes a second that it moves, one call after the other, falling evenly from the outer edge to the inner one; 0: as
  // fast as its accesses. From `collapses_at_percent` of the drive on: `collapsed`.
  std::uint64_t outer_bytes_per_s = 0;
  std::uint64_t inner_bytes_per_s = 0;
  unsigned collapses_at_percent = 100;
  std::uint64_t collapsed_bytes_per_s = 0;
  std::uint64_t wraps_at = 0;  // A bridge that cuts addresses short: this LBA is LBA 0. Without it: 0.
};

// Any thread may call any member.
class SimulatedDrive : public BlockDevice {
 public:
  explicit SimulatedDrive(Geometry geometry, DriveTemper temper = {});

  Geometry geometry() const override {
    Geometry shown = geometry_;
    shown.block_count = shown_blocks_;
    return shown;
  }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override;
  Result<void> flush() override { return flush_cache(/*fails=*/false); }

  void plug_into(std::shared_ptr<Seam> seam, std::string name);
  // What no flush has covered lands, tears or is lost. The next boot plugs it in again.
  void cut_power();
  // Takes a turn and some time, and does nothing.
  Result<void> idle(const char* what, LbaRange range);
  // A flush that fails: waits like one, and no later one covers what is in the cache by then.
  Result<void> fail_flush() { return flush_cache(/*fails=*/true); }

  // For its firmware (SimulatedAtaDrive): how much of the platter can be addressed, and whether anything can be.
  void show(std::uint64_t block_count) { shown_blocks_ = block_count; }
  void refuse_blocks(bool refuses) { refuses_blocks_ = refuses; }

  // For those who look from outside: tests, and whoever else writes the drive while our power is off.
  Bytes platter() const;
  Bytes as_read() const;
  void put(std::uint64_t first_lba, std::span<const std::byte> bytes);
  const std::shared_ptr<Seam>& seam() const { return seam_; }

 private:
  Result<void> check(LbaRange range, std::span<const std::byte> bytes) const;
  Result<Seam::Turn> enter(const char* what, LbaRange range);
  Result<void> spend(nanoseconds longest);
  Result<void> move(LbaRange range);                      // Takes the time of an access, and of its bytes.
  std::vector<LbaRange> places_of(LbaRange range) const;  // On the platter.
  Result<void> flush_cache(bool fails);

  const Geometry geometry_;  // Of the whole platter.
  const DriveTemper temper_;
  std::atomic<std::uint64_t> shown_blocks_;
  std::atomic<bool> refuses_blocks_{false};
  std::shared_ptr<Seam> seam_;  // Set between boots.
  std::string name_ = "drive";
  mutable std::mutex mutex_;  // Of all below; never held over the seam.
  Platter platter_;
  SeededRandom random_;
  Moment busy_until_{};
};

}  // namespace relance
