#include "wiper/erase/format.h"

#include "wiper/command/namespaces.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/command/nvme_pages.h"

namespace relance {
namespace {

constexpr std::chrono::seconds kForTheFormat{4 * 3600};  // Some drives overwrite.
constexpr std::chrono::seconds kForTheOthers{300};

std::string in_words(std::uint16_t status) {
  std::array<std::byte, 2> bytes{};
  store_be<std::uint16_t>(bytes, status);
  return status == 0 ? "accepted" : "status " + to_hex(bytes);
}

}  // namespace

std::chrono::seconds Format::patience() const { return kForTheFormat + kForTheOthers; }

Result<EraseStatus> Format::start() {
  const std::optional<std::uint32_t> only = TRY(only_namespace(*port_));
  if (!only) return end(EraseOutcome::OtherNamespaces);
  const NvmeReply identified = TRY(port_->submit(nvme::identify_namespace(*only)));
  if (identified.status != 0) return end(EraseOutcome::NotOffered);
  const NvmeNamespace found = TRY(decode_nvme_namespace(identified.data));
  if (setup().times_before >= kMostEraseStarts) return end(EraseOutcome::Interrupted);
  TRY(announce({command(), SanitizeStanding::NotSaid, std::nullopt}));

  const auto how = command() == EraseCommand::NvmeFormat ? nvme::FormatErases::UserData : nvme::FormatErases::ByKey;
  const NvmeCommand format = nvme::format(*only, found.lba_format, how, kForTheFormat);
  const Result<NvmeReply> reply = port_->submit(format);
  if (!reply.ok() && reply.error().code == Errc::Gone) return reply.error();
  note(format.name, reply.ok() ? in_words(reply.value().status) : reply.error().detail);
  if (!reply.ok()) return end(EraseOutcome::Failed);
  if (reply.value().status != 0) return end(EraseOutcome::Refused);
  accept();
  see_movement();  // Its answer comes when it is done: there is nothing else to be seen of it.
  return end(EraseOutcome::Done);
}

}  // namespace relance
