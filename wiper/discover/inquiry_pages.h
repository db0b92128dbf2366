#pragma once
// The page in which the kernel keeps what an ATA drive says of itself (device/vpd_pg89 in sysfs). Hostile bytes; every text
// comes out sanitised.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "wiper/discover/drive_facts.h"

namespace relance {

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
