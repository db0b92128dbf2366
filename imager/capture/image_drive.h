#pragma once
// An image as the drive that it was made of, so that whatever captures a drive can take it over: images made by Clonezilla
// become images of ours, with frames, manifest and signature. What the image does not hold reads as zeros; there is no
// partition table, layout() says where things lie.

#include <map>
#include <mutex>

#include "imager/filesystem/image_bytes.h"
#include "imager/partition/layout.h"

namespace relance {

// Any number of threads at once; they read almost in order, and the image is decoded in order.
class ImageDrive final : public BlockReader {
 public:
  // `image` outlives it. Errors: of its small files.
  static Result<std::unique_ptr<ImageDrive>> open(const ImageFolder& image);

  const Layout& layout() const { return layout_; }
  Geometry geometry() const override { return geometry_; }
  // Errors: the image's.
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;

 private:
  explicit ImageDrive(const ImageFolder& image);
  Result<void> add_boot_code(const ImageFolder& image);
  Result<void> add_partition(const ImageFolder& image, std::size_t index);
  void add_box(const std::vector<ImagePartition>& partitions);

  struct Held {  // A partition's file system.
    std::uint64_t start = 0;
    ImageBytes bytes;
  };
  Geometry geometry_;
  Layout layout_;
  std::map<std::uint64_t, Bytes> areas_;  // By byte offset: boot code, the headers of swap.
  std::mutex mutex_;                      // Of what follows.
  std::vector<Held> partitions_;
};

}  // namespace relance
