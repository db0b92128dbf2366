#pragma once
// What is on a drive, for the technician's eye: partition table, file systems, their labels. The only file that knows
// libblkid.

#include "wiper/discover/drive_facts.h"

namespace relance {

// Reads a little through a descriptor of its own. Never an error: what cannot be read or recognised is not found.
std::vector<Finding> findings_on(const std::string& path, const Geometry& geometry);

}  // namespace relance
