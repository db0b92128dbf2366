#include "wiper/command/namespaces.h"

#include "wiper/command/nvme_commands.h"
#include "wiper/command/nvme_pages.h"

namespace relance {

Result<std::optional<std::uint32_t>> only_namespace(NvmeAdminPort& port) {
  const NvmeReply identified = TRY(port.submit(nvme::identify_controller()));
  if (identified.status != 0) return std::optional<std::uint32_t>();
  const NvmeController controller = TRY(decode_nvme_controller(identified.data));
  // Without namespace management what is allocated is what is active, and the list of the former may not exist.
  const NvmeReply listed = TRY(port.submit(controller.has_namespace_management ? nvme::list_allocated_namespaces()
                                                                               : nvme::list_active_namespaces()));
  if (listed.status != 0) return std::optional<std::uint32_t>();
  const std::vector<std::uint32_t> list = TRY(decode_namespace_list(listed.data));
  return list.size() == 1 ? std::optional(list.front()) : std::nullopt;
}

}  // namespace relance
