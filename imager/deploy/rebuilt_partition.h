#pragma once
// A FAT of an image as it will lie on a drive with larger blocks: in chunks with hashes, which the manifest does not have of it.

#include "imager/filesystem/rebuild_fat.h"
#include "imager/format/image_folder.h"

namespace relance {

// Threading: const members from any thread.
class RebuiltPartition {
 public:
  // Reads the files once, for their hashes: later nobody needs the image to compare.
  static Result<RebuiltPartition> make(std::shared_ptr<const ImageFolder> image, std::size_t partition, LbaRange target,
                                       const Geometry& geometry);

  std::size_t chunk_count() const { return sha256_.size(); }
  LbaRange chunk(std::size_t index) const;  // On the drive.
  const Sha256Digest& sha256(std::size_t index) const { return sha256_.at(index); }
  Result<void> fill(std::size_t index, std::span<std::byte> bytes) const;

 private:
  RebuiltPartition(std::shared_ptr<const ImageFolder> image, std::size_t partition, LbaRange target,
                   std::uint32_t block_bytes, RebuiltFat fat)
      : image_(std::move(image)),
        partition_(partition),
        target_(target),
        block_bytes_(block_bytes),
        fat_(std::move(fat)) {}

  std::shared_ptr<const ImageFolder> image_;
  std::size_t partition_;
  LbaRange target_;
  std::uint32_t block_bytes_;
  RebuiltFat fat_;
  std::vector<Sha256Digest> sha256_;
};

// Would its files fit? Reads folders, no files. Refused with Stop::ImageUnsuited.
Result<void> fits_rebuilt(const ImageFolder& image, std::size_t partition, LbaRange target, const Geometry& geometry);

}  // namespace relance
