#include "imager/filesystem/image_bytes.h"

#include <algorithm>
#include <cstring>

namespace relance {

ImageBytes::ImageBytes(const ImageFolder& image, std::size_t partition, std::size_t most_kept)
    : image_(&image), partition_(partition), most_kept_(most_kept) {
  require(most_kept > 0, "an image that keeps nothing of what it decoded");
  const ImagePartition& source = image.manifest().partitions[partition];
  for (std::size_t c = 0; c < source.chunks.size(); ++c) {
    if (source.chunks[c].zero) continue;
    std::size_t in_chunk = 0;
    for (const LbaRange range : source.chunks[c].extents.ranges()) {
      runs_.push_back({range.first * source.block_bytes, range.end() * source.block_bytes, c, in_chunk});
      in_chunk += static_cast<std::size_t>(range.count) * source.block_bytes;
    }
  }
}

std::uint64_t ImageBytes::size_bytes() const { return partition().block_count * partition().block_bytes; }

Result<std::span<const std::byte>> ImageBytes::bytes_of(std::size_t chunk) {
  const auto found = std::find_if(kept_.begin(), kept_.end(), [&](const Decoded& each) { return each.chunk == chunk; });
  if (found != kept_.end()) {
    kept_.splice(kept_.begin(), kept_, found);
    return std::span<const std::byte>(kept_.front().bytes);
  }
  Decoded decoded{chunk, {}};
  if (kept_.size() == most_kept_) {
    decoded.bytes = std::move(kept_.back().bytes);
    kept_.pop_back();
  }
  decoded.bytes.resize(static_cast<std::size_t>(partition().chunks[chunk].extents.block_count()) *
                       partition().block_bytes);
  TRY(image_->read_chunk(partition_, chunk, decoded.bytes));
  kept_.push_front(std::move(decoded));
  return std::span<const std::byte>(kept_.front().bytes);
}

Result<void> ImageBytes::read(std::uint64_t offset, std::span<std::byte> bytes) {
  if (!lies_inside(offset, bytes.size(), size_bytes()))
    return Error{Errc::Invalid, Stop::Unspecified, "bytes outside of the image's partition"};
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  const std::uint64_t end = offset + bytes.size();
  auto run = std::upper_bound(runs_.begin(), runs_.end(), offset,
                              [](std::uint64_t at, const Run& each) { return at < each.end; });
  for (; run != runs_.end() && run->first < end; ++run) {
    const std::span<const std::byte> held = TRY(bytes_of(run->chunk));
    const std::uint64_t from = std::max(offset, run->first);
    const std::uint64_t to = std::min(end, run->end);
    std::memcpy(bytes.data() + (from - offset), held.data() + run->in_chunk + (from - run->first),
                static_cast<std::size_t>(to - from));
  }
  return {};
}

}  // namespace relance
