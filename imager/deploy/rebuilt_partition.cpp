#include "imager/deploy/rebuilt_partition.h"

#include "imager/filesystem/image_bytes.h"
#include "wiper/content/content.h"

namespace relance {
namespace {

constexpr std::size_t kChunksWhilePlanning = 2;  // A folder's and the one before.

Result<RebuiltFat> plan_fat(const ImageFolder& image, std::size_t partition, LbaRange target,
                            const Geometry& geometry) {
  ImageBytes source(image, partition, kChunksWhilePlanning);
  return RebuiltFat::plan(source, target.count * geometry.logical_bytes, geometry.logical_bytes);
}

}  // namespace

Result<RebuiltPartition> RebuiltPartition::make(std::shared_ptr<const ImageFolder> image, std::size_t partition,
                                                LbaRange target, const Geometry& geometry) {
  RebuiltFat fat = TRY(plan_fat(*image, partition, target, geometry));
  const std::uint64_t used_bytes = fat.used_bytes();
  RebuiltPartition made(std::move(image), partition, target, geometry.logical_bytes, std::move(fat));
  const std::size_t chunks = static_cast<std::size_t>((used_bytes + kLargestChunkBytes - 1) / kLargestChunkBytes);
  Bytes bytes;
  for (std::size_t i = 0; i < chunks; ++i) {
    bytes.resize(static_cast<std::size_t>(made.chunk(i).count) * geometry.logical_bytes);
    TRY(made.fill(i, bytes));
    made.sha256_.push_back(relance::sha256(bytes));
  }
  return made;
}

LbaRange RebuiltPartition::chunk(std::size_t index) const {
  const std::uint64_t most = kLargestChunkBytes / block_bytes_;
  return intersection({target_.first + index * most, most}, {target_.first, fat_.used_bytes() / block_bytes_});
}

Result<void> RebuiltPartition::fill(std::size_t index, std::span<std::byte> bytes) const {
  ImageBytes source(*image_, partition_);
  return fat_.read(source, index * kLargestChunkBytes, bytes);
}

Result<void> fits_rebuilt(const ImageFolder& image, std::size_t partition, LbaRange target, const Geometry& geometry) {
  const RebuiltFat fat = TRY(plan_fat(image, partition, target, geometry));
  (void)fat;  // That there is one.
  return {};
}

}  // namespace relance
