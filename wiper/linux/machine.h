#pragma once
// The PC that we run on.

#include "wiper/discover/drive_uses.h"
#include "wiper/job/machine.h"
#include "wiper/linux/block_device.h"
#include "wiper/linux/entropy.h"
#include "wiper/linux/executor.h"

namespace relance {

class LinuxMachine : public Machine {
 public:
  // The folder that plays our stick; empty: none, and stick() answers StickMissing to everything. Errors: StickMissing.
  static Result<std::unique_ptr<LinuxMachine>> open(const std::string& stick_folder);

  Executor& executor() override { return executor_; }
  Entropy& entropy() override { return entropy_; }
  Store& stick() override { return *stick_; }
  MachineFacts facts() override;
  PowerFacts power() override;
  bool may_find_more_drives() override;

  Result<std::vector<DriveFacts>> drives() override;
  Result<DriveFacts> drive(const std::string& path) override;
  Result<std::unique_ptr<BlockReader>> open_reader(const DriveFacts& drive) override;
  Result<std::unique_ptr<BlockDevice>> open_for_writing(const Confirmation& confirmation) override;
  Result<std::unique_ptr<AtaPort>> open_ata(const Confirmation& confirmation) override;
  Result<std::unique_ptr<NvmeAdminPort>> open_nvme(const Confirmation& confirmation) override;
  Result<DriveFacts> look_again(const Confirmation& confirmation) override;

 private:
  LinuxMachine(std::unique_ptr<Store> stick, std::string stick_folder);

  // Asked each time: the folder may lie on a stick that was put back under another number.
  std::optional<StickPlace> place_of_stick() const;
  // A stick that was put back is ours from the first moment, not only once somebody has mounted it.
  void mark_own_stick(DriveFacts& drive) const;
  Result<DriveFacts> find_again(const DriveFacts& planned) const;
  Result<DriveFacts> facts_of_open(const std::string& path, const OpenedDrive& opened) const;

  LinuxExecutor executor_;
  LinuxEntropy entropy_;
  std::unique_ptr<Store> stick_;
  std::string stick_folder_;
  std::optional<DriveFacts> stick_drive_;  // The drive that holds the folder, as it was when we came.
};

}  // namespace relance
