#include "wiper/command/ata_commands.h"
#include "wiper/erase/sanitize.h"

namespace relance {
namespace {

// ACS-3, SANITIZE STATUS EXT: count 15 completed without error, 14 in progress; LBA 15:0 how far.
constexpr std::uint16_t kCompleted = 1 << 15;
constexpr std::uint16_t kRunning = 1 << 14;

// Why a start was aborted: LBA 7:0.
constexpr std::uint64_t kBecauseFailed = 1;
constexpr std::uint64_t kBecauseUnsupported = 2;
constexpr std::uint64_t kBecauseFrozen = 3;

AtaCommand command_for(EraseCommand command) {
  if (command == EraseCommand::SanitizeBlock) return ata::sanitize_block_erase();
  if (command == EraseCommand::SanitizeCrypto) return ata::sanitize_crypto_scramble();
  return ata::sanitize_overwrite({.pattern = 0, .passes = 1});
}

std::uint64_t reason_in(const AtaReply& reply) {
  return reply.registers && reply.registers->lba_is_whole ? reply.registers->lba & 0xFF : 0;
}

class AtaSeat : public SanitizeSeat {
 public:
  explicit AtaSeat(std::unique_ptr<AtaPort> port) : port_(std::move(port)) {}

  std::string_view name(EraseCommand command) const override { return command_for(command).name; }
  std::string_view name_of_status() const override { return "SANITIZE STATUS EXT"; }
  Result<Answer> may_start() override { return Answer{.is_accepted = true, .words = ""}; }

  Result<Answer> begin(EraseCommand command) override {
    const AtaReply reply = TRY(port_->submit(command_for(command)));
    if (!reply.failed) return Answer{.is_accepted = true, .words = "accepted"};
    const std::uint64_t reason = reason_in(reply);
    Answer refused{.words = "aborted, reason " + std::to_string(reason)};
    if (reason == kBecauseUnsupported) refused.otherwise = EraseOutcome::NotOffered;
    if (reason == kBecauseFrozen) refused.otherwise = EraseOutcome::Frozen;
    return refused;
  }

  Result<SanitizeReading> read(EraseCommand) override {
    const AtaReply reply = TRY(port_->submit(ata::sanitize_status()));
    SanitizeReading reading;
    if (reply.failed && reason_in(reply) == kBecauseFailed) reading.standing = SanitizeStanding::Failed;
    if (reply.failed && reading.standing != SanitizeStanding::Failed)
      return Error{Errc::Unsupported, Stop::DriveSick, "aborted, reason " + std::to_string(reason_in(reply))};
    if (reply.failed || !reply.registers || !reply.registers->count_is_whole) return reading;
    const std::uint16_t count = reply.registers->count;
    reading.standing = (count & kRunning) != 0     ? SanitizeStanding::Running
                       : (count & kCompleted) != 0 ? SanitizeStanding::Succeeded
                                                   : SanitizeStanding::NeverRan;
    if (reading.standing == SanitizeStanding::Running)
      reading.progress = static_cast<std::uint16_t>(reply.registers->lba);
    return reading;
  }

  Result<void> leave_failure() override {
    const Result<AtaReply> reply = port_->submit(ata::sanitize_status(ata::ClearFailed::Yes));
    if (!reply.ok()) return reply.error();
    return {};  // The next reading says whether it did.
  }

 private:
  std::unique_ptr<AtaPort> port_;
};

}  // namespace

std::unique_ptr<SanitizeSeat> ata_sanitize_seat(std::unique_ptr<AtaPort> port) {
  return std::make_unique<AtaSeat>(std::move(port));
}

}  // namespace relance
