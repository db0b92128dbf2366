#pragma once
// How a drive can be erased: by our writing, or by a command that its own firmware carries out.

#include "wiper/base/fields.h"

namespace relance {

enum class EraseCommand : std::uint8_t {
  Overwrite,  // Any method, any number of passes: more of them reach no further.
  SanitizeBlock,
  SanitizeCrypto,
  SanitizeOverwrite,
  SecurityErase,
  SecurityEraseEnhanced,
  NvmeFormat,  // Secure erase setting 1: user data.
  NvmeSanitizeBlock,
  NvmeSanitizeCrypto,
  NvmeSanitizeOverwrite,
  NvmeFormatCrypto,  // Secure erase setting 2.
};
template <>
struct EnumNames<EraseCommand> {
  static constexpr std::array<std::string_view, 11> names{"overwrite",
                                                          "ata-sanitize-block",
                                                          "ata-sanitize-crypto",
                                                          "ata-sanitize-overwrite",
                                                          "ata-security-erase",
                                                          "ata-security-erase-enhanced",
                                                          "nvme-format",
                                                          "nvme-sanitize-block",
                                                          "nvme-sanitize-crypto",
                                                          "nvme-sanitize-overwrite",
                                                          "nvme-format-crypto"};
};

// Whether somebody has seen it do its work on a real drive, and told. The README has the same table.
constexpr bool is_tried(EraseCommand command) { return command == EraseCommand::Overwrite; }

constexpr bool is_nvme(EraseCommand command) {
  return command == EraseCommand::NvmeFormat || command == EraseCommand::NvmeFormatCrypto ||
         command == EraseCommand::NvmeSanitizeBlock || command == EraseCommand::NvmeSanitizeCrypto ||
         command == EraseCommand::NvmeSanitizeOverwrite;
}
constexpr bool is_security_erase(EraseCommand command) {
  return command == EraseCommand::SecurityErase || command == EraseCommand::SecurityEraseEnhanced;
}

}  // namespace relance
