#pragma once
// Would the drive start? What was deployed, read back the way a BIOS, a UEFI and GRUB will: from LBA 0 along the pointers,
// and from the partition table to the files of the EFI partition.

#include "imager/format/image_folder.h"
#include "wiper/device/block_device.h"

namespace relance {

struct BootReport {
  bool bios = false;                   // Starts under a BIOS: boot code, its pointer, GRUB's core image.
  bool uefi = false;                   // Starts under UEFI by the removable path.
  std::vector<std::string> efi_files;  // "EFI/BOOT/BOOTX64.EFI" …

  static constexpr auto fields() {
    return std::tuple{field("bios", &BootReport::bios), field("uefi", &BootReport::uefi),
                      field("efi_files", &BootReport::efi_files)};
  }
  bool operator==(const BootReport&) const = default;
};

// No BIOS starts from other blocks than those of 512 bytes, and GRUB's code for it counts in them.
bool has_bios_blocks(const Manifest& manifest, const Geometry& geometry);

// Both tables with their checksums, boot code, core image and EFI files against what the image holds. Errc::Corrupt with
// Stop::BootUnfit and the first thing that is wrong. An image that boots nowhere by itself (no firmware in its manifest)
// only has its tables checked.
Result<BootReport> check_boot(BlockReader& drive, const ImageFolder& image);

}  // namespace relance
