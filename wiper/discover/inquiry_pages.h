#pragma once
// The pages about itself that a drive hands to the kernel and the kernel to sysfs (device/vpd_pg80, vpd_pg89), and what
// they say. Hostile bytes; every text comes out sanitised.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "wiper/discover/drive_facts.h"

namespace relance {

// SPC: page 80h, Unit Serial Number: 4 bytes of header (length at 2), then text. Empty if it is not that page.
std::string serial_in_page_80(std::span<const std::byte> page);

struct AtaIdentity {
  std::string model;
  std::string serial;
  std::string firmware;
  Medium medium = Medium::Unknown;
  bool operator==(const AtaIdentity&) const = default;
};
// SAT: page 89h, ATA Information: the drive's own IDENTIFY DEVICE answer stands at byte 60. Nothing if it is not that page.
std::optional<AtaIdentity> identity_in_page_89(std::span<const std::byte> page);

}  // namespace relance
