#pragma once
// Whether the kernel itself works on a regular file: through a loop device, or as swap.

#include "wiper/discover/drive_uses.h"

namespace relance {

// By what the path names, not by the path: links and other names of the file are found too.
std::vector<Use> uses_of_file(const std::string& path);

}  // namespace relance
