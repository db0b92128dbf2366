#include "imager/deploy/image_bytes.h"

#include <algorithm>
#include <cstring>

namespace relance {

ImageBytes::ImageBytes(const ImageFolder& image, std::size_t partition) : image_(image), partition_(partition) {
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
  if (decoded_ != chunk) {
    decoded_.reset();
    bytes_.resize(static_cast<std::size_t>(partition().chunks[chunk].extents.block_count()) * partition().block_bytes);
    TRY(image_.read_chunk(partition_, chunk, bytes_));
    decoded_ = chunk;
  }
  return std::span<const std::byte>(bytes_);
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

Result<void> DeployedBytes::read(std::uint64_t offset, std::span<std::byte> bytes) {
  const std::uint64_t behind = drive_.size_bytes();
  const std::size_t on_drive =
      offset >= behind ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), behind - offset));
  TRY(drive_.read(std::min(offset, behind), bytes.first(on_drive)));
  if (on_drive == bytes.size()) return {};
  return image_.read(offset + on_drive, bytes.subspan(on_drive));
}

}  // namespace relance
