#pragma once
// A master image small enough for a law: scattered extents over known bytes, some of them allocated zeros, compared by
// hash or by bytes; and a finishing overlay that depends on the run seed and on a block read from the drive, as growing a
// file system does. What a platter must hold in the end can be computed without running anything.

#include "wiper/content/contents.h"
#include "wiper/journal/event.h"
#include "wiper/sim/fault_plan.h"
#include "wiper/sim/simulated_drive.h"

namespace relance {

class FakeImage : public Contents {
 public:
  // `pulled_at`: from that chunk on the image can no longer be read.
  explicit FakeImage(bool compares_by_hash, std::uint64_t pulled_at = kAlways)
      : compares_by_hash_(compares_by_hash), pulled_at_(pulled_at) {}

  Result<std::shared_ptr<Content>> make(const ContentRequest& request) override;
  Result<Overlay> make_overlay(const ContentRequest& request, BlockReader& drive) override;

 private:
  bool compares_by_hash_;
  std::uint64_t pulled_at_;
};

// What an earlier deployment, or a part of one, has left: some of the image's blocks.
void put_half_an_image(SimulatedDrive& drive);

// The smallest drive it fits on, in blocks.
inline constexpr std::uint64_t kFakeImageBlocks = 48;

// What the drive holds when the run is over: the erase, or without one the donor's bytes, and over it, if deployed, image
// and finish.
Bytes wanted_platter(const RunStarted& started, bool is_deployed);
// Blocks of the finishing overlay.
ExtentSet finish_blocks(const Geometry& geometry);
ExtentSet deployed_blocks(const Geometry& geometry);  // Of image and finish.

}  // namespace relance
