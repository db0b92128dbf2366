#pragma once
// The partition table of a drive, hostile as it may be. By our own parsers (gpt.h, mbr.h): libparted 3.5 ends the program
// on tables that are wrong in its own way, and tells neither GUIDs nor types.

#include "imager/partition/layout.h"
#include "wiper/device/block_device.h"

namespace relance {

// A GPT whose primary copy is damaged is read from its backup. Errc::Corrupt with Stop::MasterUnfit: no table, or one
// whose partitions lie outside of the drive or over each other.
Result<Layout> read_layout(BlockReader& reader);

}  // namespace relance
