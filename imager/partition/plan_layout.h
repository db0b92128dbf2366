#pragma once
// Where the partitions of an image go on a drive of another size: recomputed, never proportioned. Pure.

#include "imager/partition/layout.h"
#include "wiper/content/contents.h"

namespace relance {

// Partitions in the image's order, each starting and ending on 1 MiB; the one that grows takes what is left. Disk and
// partition identities come out of the seed: the same request gives the same layout.
// Refused with Stop::DriveTooSmall ("needs 9.4 GB, has 8.0 GB"), or with Stop::ImageUnsuited when what the image holds
// cannot live on blocks of this size.
Result<Layout> plan_layout(const Manifest& manifest, const Geometry& geometry, const RunSeed& seed);

// A FAT counts in sectors: on a drive with larger ones its files live in a FAT that is made anew.
bool is_rebuilt(const ImagePartition& partition, const Geometry& geometry);

}  // namespace relance
