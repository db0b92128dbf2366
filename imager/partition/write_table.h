#pragma once
// The bytes of a partition table, made by libparted, which sees a memory file of the drive's size and nothing else. What
// libparted 3.5 does not take (GUIDs, types, names, attributes) is put in by gpt.h and mbr.h.

#include "imager/partition/layout.h"
#include "wiper/base/tools.h"
#include "wiper/content/overlay.h"

namespace relance {

// Every block of the table: LBA 0 without boot code, both headers and both arrays of entries of a GPT, each extended boot
// record of an MBR. The same layout and geometry give the same bytes; libparted and read_layout() both read them back as
// that layout. Invalid: a layout that no table can hold.
Result<Overlay> write_table(Tools& tools, const Layout& layout, const Geometry& geometry);

}  // namespace relance
