#pragma once
// A whole PC on the bench: drives, our stick, power. Its hardware outlives boots; what a boot sees of it is a Machine.
//
//   SimulatedPc pc(seed);
//   const std::size_t disk = pc.add_drive(facts);
//   std::shared_ptr<Machine> machine = pc.boot({.cut_power_at = 17});
//   …                      // run jobs
//   pc.cut_power();        // who still runs ends, caches are lost
//   machine = pc.boot();   // same platters, same stick
//
// The thread that makes the PC boots it, cuts its power and destroys it.

#include <map>

#include "wiper/job/machine.h"
#include "wiper/sim/faulty_device.h"
#include "wiper/sim/simulated_ata_drive.h"
#include "wiper/sim/simulated_executor.h"
#include "wiper/sim/simulated_nvme_drive.h"
#include "wiper/sim/simulated_stick.h"

namespace relance {

// From that moment of a boot on.
struct PowerChange {
  nanoseconds after{0};
  PowerFacts power;
};

// What is going to happen in one boot.
struct BootPlan {
  std::uint64_t cut_power_at = 0;             // Operation of the boot's seam; 0: never.
  std::uint64_t fail_at = 0;                  // This one answers with an error.
  std::map<std::size_t, FaultPlan> drives{};  // By the drive's number.
  std::vector<StickFault> stick{};
  Bytes entropy_begins_with{};             // A run seed to repeat.
  std::optional<std::int64_t> pc_clock_s;  // Nothing: drawn, and sometimes years wrong.
  std::vector<PowerChange> power{};        // In their order; before the first one it has no battery.
};

class SimulatedPc {
 public:
  explicit SimulatedPc(std::uint64_t seed, Trace::Keep keep = Trace::Keep::Hash);
  ~SimulatedPc();  // Cuts the power.
  SimulatedPc(const SimulatedPc&) = delete;
  SimulatedPc& operator=(const SimulatedPc&) = delete;

  // Between boots. A drive is full of kFactoryContent until something is put on it.
  std::size_t add_drive(DriveFacts facts, DriveTemper temper = {});  // Its seed is drawn here.
  // An ATA disk, with a platter as large as its factory made it; what it shows of that is its firmware's word.
  std::size_t add_ata_drive(DriveFacts facts, const AtaTemper& firmware);
  std::size_t add_nvme_drive(DriveFacts facts, const NvmeTemper& controller);
  void replace_drive(std::size_t number, DriveFacts facts);  // Another drive in its place, with another platter.

  std::shared_ptr<Machine> boot(BootPlan plan = {});
  // The power goes, if it has not gone by itself; returns when everything has come to rest.
  void cut_power();

  SimulatedAtaDrive* ata(std::size_t number) { return slots_.at(number).ata.get(); }
  SimulatedDrive& drive(std::size_t number) { return *slots_.at(number).drive; }
  SimulatedStick& stick() { return stick_; }
  Seam& seam() { return *seam_; }  // Of the running boot.
  const Trace& trace() const { return *trace_; }

  // What happened to a drive, in one boot after the other.
  std::size_t boots() const { return boot_count_; }
  std::vector<Access> accesses(std::size_t number, std::size_t boot) const;
  std::uint64_t openings_for_writing(std::size_t number) const { return slots_.at(number).openings_for_writing; }

 private:
  friend class SimulatedMachine;
  struct Slot {
    DriveFacts facts;
    std::unique_ptr<SimulatedDrive> drive;
    std::unique_ptr<SimulatedAtaDrive> ata;            // Nothing: it takes no ATA commands.
    std::unique_ptr<SimulatedNvmeDrive> nvme;          // Likewise.
    std::vector<std::unique_ptr<FaultyDevice>> boots;  // One for each boot; the last is the running one.
    std::shared_ptr<std::atomic<bool>> is_held = std::make_shared<std::atomic<bool>>(false);
    std::uint64_t openings_for_writing = 0;
  };
  void put_in(Slot& slot, DriveFacts facts, DriveTemper temper = {});

  const std::uint64_t seed_;
  const std::shared_ptr<Trace> trace_;
  SeededRandom random_;
  SimulatedStick stick_;
  std::vector<Slot> slots_;
  std::size_t boot_count_ = 0;
  std::size_t drive_count_ = 0;  // Also of those that were taken out.
  std::shared_ptr<SimulatedExecutor> executor_;
  std::shared_ptr<Seam> seam_;
};

}  // namespace relance
