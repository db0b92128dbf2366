#pragma once
// SANITIZE of ATA and Sanitize of NVMe are one thing: a start that answers at once, a status that tells how far it is, and a
// drive that goes on by itself after a power cut.

#include "wiper/erase/drive_erase.h"

namespace relance {

struct SanitizeReading {
  SanitizeStanding standing = SanitizeStanding::NotSaid;
  std::uint16_t progress = 0;
  std::optional<std::chrono::seconds> expected;
};

// How a command set says it. Errors: the port's.
class SanitizeSeat {
 public:
  struct Answer {
    bool is_accepted = false;
    EraseOutcome otherwise = EraseOutcome::Refused;
    std::string words;
  };
  virtual ~SanitizeSeat() = default;
  virtual std::string_view name(EraseCommand command) const = 0;
  virtual std::string_view name_of_status() const = 0;
  virtual Result<Answer> may_start() = 0;  // It would hit what was chosen and no more.
  virtual Result<Answer> begin(EraseCommand command) = 0;
  virtual Result<SanitizeReading> read(EraseCommand command) = 0;
  virtual Result<void> leave_failure() = 0;
};
std::unique_ptr<SanitizeSeat> ata_sanitize_seat(std::unique_ptr<AtaPort> port);
std::unique_ptr<SanitizeSeat> nvme_sanitize_seat(std::unique_ptr<NvmeAdminPort> port);

class Sanitize : public DriveErase {
 public:
  Sanitize(EraseCommand command, std::unique_ptr<SanitizeSeat> seat, EraseSetup setup)
      : DriveErase(command, std::move(setup)), seat_(std::move(seat)) {}

  Result<EraseStatus> start() override;
  Result<EraseStatus> poll() override;
  std::chrono::seconds patience() const override { return std::chrono::minutes(10); }
  std::optional<std::chrono::seconds> expected() const override { return expected_; }

 private:
  Result<SanitizeReading> read();
  Result<EraseStatus> begin();
  EraseStatus take(const SanitizeReading& reading);
  EraseStatus go_on_without(const Error& error);

  std::unique_ptr<SanitizeSeat> seat_;
  SanitizeStanding before_ = SanitizeStanding::NotSaid;
  std::optional<std::chrono::seconds> expected_;
  unsigned unanswered_ = 0;
};

}  // namespace relance
