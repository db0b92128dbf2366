#pragma once
// SECURITY ERASE of ATA: a password is set, with it the drive erases itself and forgets the password. Between the two a
// power cut leaves the drive locked: the password is on the stick before the drive has it.

#include "wiper/command/identify_device.h"
#include "wiper/erase/drive_erase.h"

namespace relance {

class SecurityErase : public DriveErase {
 public:
  SecurityErase(EraseCommand command, std::unique_ptr<AtaPort> port, EraseSetup setup);

  Result<EraseStatus> start() override;
  Result<EraseStatus> poll() override { return EraseStatus{}; }  // It has answered by then.
  std::chrono::seconds patience() const override { return patience_; }

 private:
  Result<AtaSecurity> security();
  Result<std::optional<EraseOutcome>> why_not(const AtaSecurity& now);
  Result<bool> obeys(const AtaCommand& command);
  Result<EraseStatus> erase();
  Result<EraseStatus> judge(bool was_accepted);

  std::unique_ptr<AtaPort> port_;
  std::chrono::seconds patience_;
};

}  // namespace relance
