#pragma once
// SG_IO and NVMe's admin ioctl. A node is opened for reading, whatever is to be sent: to root the kernel lets every command
// pass on any descriptor, so what may be sent is decided here.

#include <memory>
#include <optional>
#include <string>

#include "wiper/command/nvme.h"
#include "wiper/command/scsi.h"

namespace relance {

enum class PortMay : bool { Look, Change };  // Look: only commands that change nothing; the others are Refused.

// A node of a SCSI disk, and so of a SATA disk (through SatPort). Errors: as of open(). What takes no SCSI commands is
// known by the first one: Unsupported.
Result<std::unique_ptr<ScsiPort>> open_scsi_port(const std::string& path, PortMay may);

// A node of an NVMe controller, or of one of its namespaces.
Result<std::unique_ptr<NvmeAdminPort>> open_nvme_port(const std::string& path, PortMay may);

// What SG_IO left in its header, apart from the bytes.
struct SgOutcome {
  std::uint8_t status = 0;
  unsigned host_status = 0;
  unsigned driver_status = 0;
};
// Nothing: the device answered, and its status says what. Pure.
std::optional<Error> trouble_in(const SgOutcome& outcome, std::string_view command);

}  // namespace relance
