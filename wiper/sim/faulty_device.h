#pragma once
// A fault plan laid over a simulated drive. Without faults it is the drive.

#include <mutex>

#include "wiper/sim/fault_plan.h"
#include "wiper/sim/simulated_drive.h"

namespace relance {

// One call that came through: what a law about "was read" counts, instead of asking the code.
struct Access {
  DriveOperation operation = DriveOperation::Read;
  LbaRange range;
  std::optional<FaultKind> fault;  // What struck it.
  bool ok = false;                 // What it answered.
  std::uint64_t began_at = 0;      // How many operations the boot's seam had counted when it was called…
  std::uint64_t ended_at = 0;      // …and when it answered.
};

// Any thread may call any member. The drive outlives it.
class FaultyDevice : public BlockDevice {
 public:
  explicit FaultyDevice(SimulatedDrive& drive, FaultPlan plan = {}, std::uint64_t seed = 1)
      : drive_(drive), faults_(std::move(plan)), random_(seed, "faults") {}

  Geometry geometry() const override { return drive_.geometry(); }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override;
  Result<void> flush() override;

  bool has_vanished() const { return has_vanished_; }
  std::vector<Access> accesses() const;  // In the order in which they ended.

 private:
  struct Call {
    Access access;
    std::optional<Fault> fault;
  };
  Result<Call> begin(DriveOperation operation, LbaRange range);
  Result<void> hang(nanoseconds span);
  Result<void> end(Call call, Result<void> answer);
  std::uint64_t operations() const { return drive_.seam() ? drive_.seam()->operations() : 0; }
  Result<void> read_faulty(FaultKind kind, LbaRange range, std::span<std::byte> bytes);
  Result<void> write_faulty(FaultKind kind, LbaRange range, std::span<const std::byte> bytes);
  Result<void> write_some(LbaRange range, std::span<const std::byte> bytes);
  LbaRange elsewhere(LbaRange range);
  std::uint64_t draw_below(std::uint64_t bound);

  SimulatedDrive& drive_;
  std::atomic<bool> has_vanished_{false};
  mutable std::mutex mutex_;  // Of all below; never held over the drive.
  LaidFaults faults_;
  SeededRandom random_;
  std::vector<Access> accesses_;
};

}  // namespace relance
