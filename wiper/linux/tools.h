#pragma once
// Programs of the system, each in a process group of its own, with a clean environment and only the descriptors it needs.

#include "wiper/base/tools.h"

namespace relance {

class LinuxTools : public Tools {
 public:
  Result<std::unique_ptr<MemoryFile>> make_memory_file(std::uint64_t size_bytes) override;
  Result<ToolResult> run(const ToolRequest& request) override;
};

}  // namespace relance
