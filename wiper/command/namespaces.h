#pragma once
// Which namespaces an NVMe drive has, attached or not. Sanitize hits all of them, Format may: an erase that was confirmed
// for one is not sent where there are others.

#include <optional>

#include "wiper/command/nvme.h"

namespace relance {

// The one namespace that the drive has; nothing: it has several, or none, or does not tell.
Result<std::optional<std::uint32_t>> only_namespace(NvmeAdminPort& port);

}  // namespace relance
