#pragma once
// Format NVM with a secure erase: answers when it is done, and has no status to look at.

#include "wiper/erase/drive_erase.h"

namespace relance {

class Format : public DriveErase {
 public:
  Format(EraseCommand command, std::unique_ptr<NvmeAdminPort> port, EraseSetup setup)
      : DriveErase(command, std::move(setup)), port_(std::move(port)) {}

  Result<EraseStatus> start() override;
  Result<EraseStatus> poll() override { return EraseStatus{}; }  // It has answered by then.
  std::chrono::seconds patience() const override;

 private:
  std::unique_ptr<NvmeAdminPort> port_;
};

}  // namespace relance
