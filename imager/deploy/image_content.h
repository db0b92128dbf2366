#pragma once
// What the partitions of an image hold, at the places that a layout gives them.

#include "imager/format/image_folder.h"
#include "imager/partition/layout.h"

namespace relance {

// `layout` has the image's partitions in the image's order. What lies behind the end of a smaller partition is left out:
// it only describes blocks that are no longer there. A FAT with smaller sectors than the drive's is rebuilt, its files read
// once here for their hashes. Refused with Stop::ImageUnsuited: extents that are no whole blocks of this drive. Chunks of
// zeros that lie in `already_zero` are left out: for a write.
Result<std::shared_ptr<Content>> image_content(std::shared_ptr<const ImageFolder> image, const Layout& layout,
                                               const Geometry& geometry, const ExtentSet& already_zero = {});

// The same refusal, without the image: for the plan.
Result<void> fits_blocks(const Manifest& manifest, const Layout& layout, const Geometry& geometry);

// Where the image puts something else than zeros; of a partition that is not rebuilt.
ExtentSet written_blocks(const ImagePartition& source, LbaRange target, const Geometry& geometry);

}  // namespace relance
