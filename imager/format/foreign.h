#pragma once
// Images made elsewhere: a folder of Clonezilla's, or one partition that somebody saved with `partclone | zstd`. Their
// partition files are one long frame, so they are decoded in order, by one core, and once more beforehand, to learn each
// chunk's hash and to see every byte of the file before anything is written. They carry no signature.

#include "imager/format/folder.h"
#include "imager/format/image_folder.h"

namespace relance {

struct ForeignImage {
  std::shared_ptr<const Manifest> manifest;  // Made up: its chunks have no frames of their own.
  std::vector<std::shared_ptr<ChunkReader>>
      readers;  // One a partition; they know the manifest's partitions by reference.
};

// Whether there is something in the folder that open_foreign() would try.
bool looks_foreign(const std::vector<std::string>& names);

// ImageHostile (Errc::Unsupported): compressed with something else than zstd, or of a kind that we do not read.
// ImageDamaged: it ends too early, a sum is wrong, a file is missing. ImageHostile: lengths that make no sense.
Result<ForeignImage> open_foreign(std::shared_ptr<FolderSource> folder, const std::vector<std::string>& names,
                                  const Progress& progress);

}  // namespace relance
