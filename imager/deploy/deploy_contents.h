#pragma once
// A master image as contents for one drive: what a job writes and compares. "image" is what its partitions hold, chunk by
// chunk; "finish" makes of it a system of its own: partition table with new identities, boot code, root grown and named;
// "unboot" takes the old tables away, so that nothing boots before the end.

#include "imager/format/image_folder.h"
#include "wiper/base/tools.h"
#include "wiper/content/contents.h"

namespace relance {

// Would the image live on a drive of that geometry? For the plan, before anything is erased. Refused with
// Stop::DriveTooSmall ("needs 9.4 GB, has 8.0 GB") or Stop::ImageUnsuited, in words: what it holds, or what starts it,
// cannot do with the drive's blocks.
Result<void> fits_drive(const Manifest& manifest, const Geometry& geometry);
// And with what only the image knows: whether the files of a FAT fit into one that is rebuilt for larger blocks.
Result<void> fits_drive(const ImageFolder& image, const Geometry& geometry);

// Any thread may call any member. The same request (and, for overlays, the same bytes on the drive) gives the same bytes.
class DeployContents : public Contents {
 public:
  DeployContents(std::shared_ptr<const ImageFolder> image, std::shared_ptr<Tools> tools)
      : image_(std::move(image)), tools_(std::move(tools)) {}

  // kImageContent. Each chunk is authenticated before it is handed out, and compared by its hash, without the image. Of a
  // write, chunks of zeros are left out where the erase proved zeros.
  Result<std::shared_ptr<Content>> make(const ContentRequest& request) override;
  // kFinishOverlay: of a drive that holds the image; checked with check_boot() before it is handed out.
  // kUnbootOverlay: of any drive.
  Result<Overlay> make_overlay(const ContentRequest& request, BlockReader& drive) override;

 private:
  std::shared_ptr<const ImageFolder> image_;
  std::shared_ptr<Tools> tools_;
};

}  // namespace relance
