// The simulated seams keep the same contracts as the real ones.

#include "tests/contract/block_contract.h"
#include "tests/contract/executor_contract.h"
#include "tests/contract/store_contract.h"
#include "wiper/sim/faulty_device.h"
#include "wiper/sim/simulated_executor.h"
#include "wiper/sim/simulated_stick.h"

namespace relance {
namespace {

// Hands each call to a device that outlives it, as an open drive hands it to the drive.
class Opened : public BlockDevice {
 public:
  explicit Opened(BlockDevice& device, bool* held = nullptr) : device_(device), held_(held) {
    if (held_ != nullptr) *held_ = true;
  }
  ~Opened() override {
    if (held_ != nullptr) *held_ = false;
  }
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  Geometry geometry() const override { return device_.geometry(); }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override { return device_.read(range, bytes); }
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override { return device_.write(range, bytes); }
  Result<void> flush() override { return device_.flush(); }

 private:
  BlockDevice& device_;
  bool* held_;
};

// A drive in a boot of its own, through the fault plan that has no faults.
class SimulatedBench : public BlockBench {
 public:
  explicit SimulatedBench(Geometry geometry) : drive_(geometry) {
    drive_.plug_into(std::make_shared<Seam>(executor_), "A");
  }

  Geometry geometry() const override { return drive_.geometry(); }
  Executor& executor() override { return executor_; }
  Result<std::unique_ptr<BlockDevice>> open_device() override {
    if (is_held_) return Error{Errc::Busy, Stop::DriveHeld, "somebody holds it"};
    return std::unique_ptr<BlockDevice>(std::make_unique<Opened>(faulty_, &is_held_));
  }
  Result<std::unique_ptr<BlockReader>> open_reader() override {
    return std::unique_ptr<BlockReader>(std::make_unique<Opened>(drive_));
  }

 private:
  SimulatedExecutor executor_{1};
  SimulatedDrive drive_;
  FaultyDevice faulty_{drive_};
  bool is_held_ = false;
};

TEST_SUITE("contracts of the simulated seams") {
  TEST_CASE("a simulated drive of 512-byte blocks keeps the block contract, through a fault plan without faults") {
    SimulatedBench bench({.block_count = 1031, .logical_bytes = 512, .physical_bytes = 4096});
    keeps_the_block_contract(bench);
  }

  TEST_CASE("a simulated drive of 4096-byte blocks keeps the block contract") {
    SimulatedBench bench({.block_count = 131, .logical_bytes = 4096, .physical_bytes = 4096});
    keeps_the_block_contract(bench);
  }

  TEST_CASE("a simulated stick keeps the store contract") {
    SimulatedStick stick;
    keeps_the_store_contract(stick);
  }

  TEST_CASE("the baton keeps the executor contract") {
    SimulatedExecutor executor(1);
    keeps_the_executor_contract(executor);
  }

  TEST_CASE("the baton keeps the executor contract in another order") {
    SimulatedExecutor executor(2);
    keeps_the_executor_contract(executor);
  }
}

}  // namespace
}  // namespace relance
