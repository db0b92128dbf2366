#include "wiper/erase/drive_erase.h"

#include <algorithm>

#include "wiper/erase/format.h"
#include "wiper/erase/sanitize.h"
#include "wiper/erase/security_erase.h"

namespace relance {
namespace {

constexpr std::size_t kMostExchanges = 40;  // A drive that changes its mind again and again fills no certificate.

}  // namespace

std::array<std::byte, 32> erase_password() {
  constexpr std::string_view kName = "RELANCE";
  std::array<std::byte, 32> password{};
  std::transform(kName.begin(), kName.end(), password.begin(),
                 [](char letter) { return static_cast<std::byte>(letter); });
  return password;
}

EraseProof DriveErase::given_up() {
  (void)end(EraseOutcome::Stuck);  // Its status is of no use to anybody.
  return proof_;
}

Result<void> DriveErase::announce(const EraseIntent& intent) {
  TRY(setup_.announce(intent));
  intent_ = intent;
  return {};
}

void DriveErase::note(std::string_view command, std::string answer) {
  std::vector<EraseExchange>& all = proof_.report_.exchanges;
  const EraseExchange now{std::string(command), std::move(answer)};
  const bool is_news = all.empty() || all.back() != now;
  if (is_news && all.size() < kMostExchanges) all.push_back(now);
}

EraseStatus DriveErase::end(EraseOutcome outcome) {
  proof_.report_.outcome = outcome;
  return {.is_running = false, .progress = 0};
}

std::unique_ptr<DriveErase> make_ata_erase(EraseCommand command, std::unique_ptr<AtaPort> port, EraseSetup setup) {
  require(!is_nvme(command) && command != EraseCommand::Overwrite, "no erase of ATA");
  if (is_security_erase(command)) return std::make_unique<SecurityErase>(command, std::move(port), std::move(setup));
  return std::make_unique<Sanitize>(command, ata_sanitize_seat(std::move(port)), std::move(setup));
}

std::unique_ptr<DriveErase> make_nvme_erase(EraseCommand command, std::unique_ptr<NvmeAdminPort> port,
                                            EraseSetup setup) {
  require(is_nvme(command), "no erase of NVMe");
  const bool is_format = command == EraseCommand::NvmeFormat || command == EraseCommand::NvmeFormatCrypto;
  if (is_format) return std::make_unique<Format>(command, std::move(port), std::move(setup));
  return std::make_unique<Sanitize>(command, nvme_sanitize_seat(std::move(port)), std::move(setup));
}

}  // namespace relance
