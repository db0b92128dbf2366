#include "wiper/command/drive_erases.h"

#include "wiper/command/identify_device.h"
#include "wiper/command/namespaces.h"
#include "wiper/command/nvme_commands.h"
#include "wiper/command/nvme_pages.h"

namespace relance {

Result<DriveErases> read_drive_erases(AtaPort& port) {
  const IdentifyDevice device = TRY(read_identify_device(port));
  DriveErases erases;
  const auto offer = [&](bool has, EraseCommand command) {
    if (has) erases.offered.push_back(command);
  };
  const AtaSanitize& sanitize = device.sanitize;
  offer(sanitize.is_supported && sanitize.has_block_erase, EraseCommand::SanitizeBlock);
  offer(sanitize.is_supported && sanitize.has_crypto_scramble, EraseCommand::SanitizeCrypto);
  offer(sanitize.is_supported && sanitize.has_overwrite, EraseCommand::SanitizeOverwrite);
  offer(device.security.is_supported, EraseCommand::SecurityErase);
  offer(device.security.is_supported && device.security.has_enhanced_erase, EraseCommand::SecurityEraseEnhanced);
  erases.has_password = device.security.is_enabled;
  erases.is_locked = device.security.is_locked;
  erases.is_frozen = device.security.is_frozen;
  return erases;
}

Result<DriveErases> read_drive_erases(NvmeAdminPort& port) {
  const NvmeReply reply = TRY(port.submit(nvme::identify_controller()));
  if (reply.status != 0) return Error{Errc::Unsupported, Stop::DriveSick, "Identify Controller was refused"};
  const NvmeController controller = TRY(decode_nvme_controller(reply.data));
  DriveErases erases;
  const auto offer = [&](bool has, EraseCommand command) {
    if (has) erases.offered.push_back(command);
  };
  offer(controller.sanitizes_blocks, EraseCommand::NvmeSanitizeBlock);
  offer(controller.sanitizes_by_key, EraseCommand::NvmeSanitizeCrypto);
  offer(controller.sanitizes_by_overwrite, EraseCommand::NvmeSanitizeOverwrite);
  offer(controller.has_format, EraseCommand::NvmeFormat);
  offer(controller.has_format && controller.format_erases_by_key, EraseCommand::NvmeFormatCrypto);
  const std::optional<std::uint32_t> only = TRY(only_namespace(port));
  erases.has_other_namespaces = !only.has_value();
  return erases;
}

}  // namespace relance
