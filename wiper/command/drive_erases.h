#pragma once
// What a drive says that it can do to erase itself, and what stands in the way. Asking changes nothing.

#include "wiper/command/ata.h"
#include "wiper/command/erase_command.h"
#include "wiper/command/nvme.h"

namespace relance {

struct DriveErases {
  std::vector<EraseCommand> offered;
  bool has_password = false;  // Of ATA: somebody's.
  bool is_locked = false;
  bool is_frozen = false;             // SECURITY ERASE is refused until the power was off; SANITIZE is not.
  bool has_other_namespaces = false;  // Of NVMe: an erase would hit more than what was chosen.

  static constexpr auto fields() {
    return std::tuple{field("offered", &DriveErases::offered), field("has_password", &DriveErases::has_password),
                      field("is_locked", &DriveErases::is_locked), field("is_frozen", &DriveErases::is_frozen),
                      field("has_other_namespaces", &DriveErases::has_other_namespaces)};
  }
  bool operator==(const DriveErases&) const = default;
};

Result<DriveErases> read_drive_erases(AtaPort& port);
Result<DriveErases> read_drive_erases(NvmeAdminPort& port);

}  // namespace relance
