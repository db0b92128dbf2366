#pragma once
// A master made fit for other people's PCs: what belongs to its maker or to that one machine is taken out of what will be
// captured, and each thing taken out is named. The drive itself is never written to.

#include "imager/capture/prepare_master.h"
#include "imager/filesystem/edit_ext4.h"

namespace relance {

// `system`: the root's file system.
Result<std::vector<Removed>> generalise(Ext4Editor& system, const GeneraliseWish& wish);

}  // namespace relance
