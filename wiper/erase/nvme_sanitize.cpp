#include "wiper/command/namespaces.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/command/nvme_pages.h"
#include "wiper/erase/sanitize.h"

namespace relance {
namespace {

constexpr std::uint16_t kInvalidOpcode = 0x01;
constexpr std::uint16_t kInvalidField = 0x02;

NvmeCommand command_for(EraseCommand command) {
  if (command == EraseCommand::NvmeSanitizeBlock) return nvme::sanitize_block_erase();
  if (command == EraseCommand::NvmeSanitizeCrypto) return nvme::sanitize_crypto_erase();
  return nvme::sanitize_overwrite({.pattern = 0, .passes = 1});
}

std::string in_words(std::uint16_t status) {
  std::array<std::byte, 2> bytes{};
  store_be<std::uint16_t>(bytes, status);
  return "status " + to_hex(bytes);
}

SanitizeStanding standing_of(SanitizeState state) {
  switch (state) {
    case SanitizeState::NeverRan:
      return SanitizeStanding::NeverRan;
    case SanitizeState::Running:
      return SanitizeStanding::Running;
    case SanitizeState::Succeeded:
    case SanitizeState::SucceededUnmapping:
      return SanitizeStanding::Succeeded;
    case SanitizeState::Failed:
      return SanitizeStanding::Failed;
    case SanitizeState::Other:
      break;
  }
  return SanitizeStanding::NotSaid;
}

std::optional<std::chrono::seconds> expected_of(EraseCommand command, const NvmeSanitizeLog& log) {
  std::optional<std::uint32_t> seconds = log.overwrite_seconds;
  if (command == EraseCommand::NvmeSanitizeBlock) seconds = log.block_erase_seconds;
  if (command == EraseCommand::NvmeSanitizeCrypto) seconds = log.crypto_erase_seconds;
  return seconds ? std::optional(std::chrono::seconds(*seconds)) : std::nullopt;
}

class NvmeSeat : public SanitizeSeat {
 public:
  explicit NvmeSeat(std::unique_ptr<NvmeAdminPort> port) : port_(std::move(port)) {}

  std::string_view name(EraseCommand command) const override { return command_for(command).name; }
  std::string_view name_of_status() const override { return "Sanitize Status"; }

  Result<Answer> may_start() override {
    const std::optional<std::uint32_t> only = TRY(only_namespace(*port_));
    if (only) return Answer{.is_accepted = true, .words = ""};
    return Answer{.otherwise = EraseOutcome::OtherNamespaces, .words = "not sent: it would hit other namespaces"};
  }

  Result<Answer> begin(EraseCommand command) override {
    const NvmeReply reply = TRY(port_->submit(command_for(command)));
    if (reply.status == 0) return Answer{.is_accepted = true, .words = "accepted"};
    Answer refused{.words = in_words(reply.status)};
    if (reply.status == kInvalidOpcode || reply.status == kInvalidField) refused.otherwise = EraseOutcome::NotOffered;
    return refused;
  }

  Result<SanitizeReading> read(EraseCommand command) override {
    const NvmeReply reply = TRY(port_->submit(nvme::sanitize_log()));
    if (reply.status != 0) return Error{Errc::Unsupported, Stop::DriveSick, in_words(reply.status)};
    const NvmeSanitizeLog log = TRY(decode_sanitize_log(reply.data));
    return SanitizeReading{standing_of(log.state), log.progress, expected_of(command, log)};
  }

  Result<void> leave_failure() override {
    const Result<NvmeReply> reply = port_->submit(nvme::sanitize_exit_failure());
    if (!reply.ok()) return reply.error();
    return {};  // The next reading says whether it did.
  }

 private:
  std::unique_ptr<NvmeAdminPort> port_;
};

}  // namespace

std::unique_ptr<SanitizeSeat> nvme_sanitize_seat(std::unique_ptr<NvmeAdminPort> port) {
  return std::make_unique<NvmeSeat>(std::move(port));
}

}  // namespace relance
