#pragma once
// The finishing overlay: what turns an image's blocks into a system of this machine.

#include "imager/format/image_folder.h"
#include "imager/partition/layout.h"
#include "wiper/base/tools.h"
#include "wiper/content/contents.h"

namespace relance {

struct FinishSetup {
  const ImageFolder& image;
  const Layout& layout;
  Tools& tools;
};

// `drive` holds the image. Table, boot code, swap, root, EFI partition: in no order, LBA 0 is written last by the job.
Result<Overlay> finish_overlay(const FinishSetup& setup, const ContentRequest& request, BlockReader& drive);

}  // namespace relance
