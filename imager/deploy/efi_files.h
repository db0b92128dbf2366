#pragma once
// The EFI partition as the removable path wants it: what a firmware without any boot entry starts is EFI/BOOT/BOOT*.EFI,
// and GRUB there looks for EFI/BOOT/grub.cfg, which `grub-install --force-extra-removable` leaves out.

#include <optional>

#include "imager/filesystem/byte_reader.h"
#include "imager/format/manifest.h"

namespace relance {

inline constexpr const char* kEfiBootFolder = "EFI/BOOT";
inline constexpr const char* kGrubConfigName = "grub.cfg";

// "EFI/BOOT/BOOTX64.EFI" and the like: every file with that ending. Empty: it starts no UEFI.
Result<std::vector<std::string>> removable_loaders(ByteReader& esp);

// The configuration that EFI/BOOT lacks: the master's own from beside its other loader, or one that finds root by its UUID
// (empty: unknown). Nothing if there is one, or if no GRUB starts from there.
Result<std::optional<Bytes>> missing_grub_config(ByteReader& esp, const std::string& root_uuid);

std::string root_uuid(const Manifest& manifest);  // Of the file system; empty: no root, or none that GRUB could find.

}  // namespace relance
