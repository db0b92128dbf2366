#pragma once
// The one door to the world: a PC with its drives, our stick, its clock and its threads. Real in wiper/linux; in wiper/sim
// the whole of it is simulated, weakest where the contract allows.

#include <memory>
#include <vector>

#include "wiper/base/entropy.h"
#include "wiper/base/executor.h"
#include "wiper/discover/power.h"
#include "wiper/journal/event.h"
#include "wiper/plan/plan.h"
#include "wiper/stick/store.h"

namespace relance {

// Any thread may call any member.
class Machine {
 public:
  virtual ~Machine() = default;

  virtual Executor& executor() = 0;
  virtual Entropy& entropy() = 0;
  virtual Store& stick() = 0;
  virtual MachineFacts facts() = 0;
  // As it is now. Touches no drive and waits for nothing.
  virtual PowerFacts power() = 0;

  // Every storage device that is found now, with confirm words given among them; the own stick included and marked.
  virtual Result<std::vector<DriveFacts>> drives() = 0;
  // Drivers are still being loaded: none found means nothing yet, and one found need not be the only one.
  virtual bool may_find_more_drives() = 0;
  // One drive by path; a regular file is a file-backed drive. Errors: NoDrive, NotADrive, OddSize.
  virtual Result<DriveFacts> drive(const std::string& path) = 0;

  // Opens for reading only; the drive may be in use.
  virtual Result<std::unique_ptr<BlockReader>> open_reader(const DriveFacts& drive) = 0;
  // Opens for writing, exclusively, once a job. The drive of the confirmation's plan is looked up by identity (its node may
  // have another name by now), compared with the plan after it is held, and refused if it is another, is in use, or has
  // another size. Errors: DriveGone, DriveChanged, DriveHeld, DriveMounted, DriveReadOnly.
  virtual Result<std::unique_ptr<BlockDevice>> open_for_writing(const Confirmation& confirmation) = 0;

  // The firmware of a drive that is held: for commands that change it. Unsupported: it takes no ATA commands.
  virtual Result<std::unique_ptr<AtaPort>> open_ata(const Confirmation& confirmation) = 0;
  // Likewise. Unsupported: it is no NVMe drive.
  virtual Result<std::unique_ptr<NvmeAdminPort>> open_nvme(const Confirmation& confirmation) = 0;
  // The drive of the confirmation as it is now, after a command that may have changed its size: the kernel asks it again.
  virtual Result<DriveFacts> look_again(const Confirmation& confirmation) = 0;
};

}  // namespace relance
