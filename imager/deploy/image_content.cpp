#include "imager/deploy/image_content.h"

#include <algorithm>
#include <cstring>

#include "imager/deploy/rebuilt_partition.h"
#include "imager/partition/plan_layout.h"
#include "wiper/plan/plan.h"

namespace relance {
namespace {

using RebuiltPartitions = std::map<std::size_t, RebuiltPartition>;  // By the manifest's order.

struct Place {  // Of a chunk on the drive.
  std::size_t partition = 0;
  std::size_t chunk = 0;  // Of the manifest's partition, or of the rebuilt one.
  std::vector<LbaRange> ranges;
  bool is_cut = false;  // Part of it lies behind its partition's end.
};

class ImageContent : public Content {
 public:
  ImageContent(std::shared_ptr<const ImageFolder> image, std::vector<Place> places, RebuiltPartitions rebuilt,
               ContentIdentity identity, std::uint32_t block_bytes)
      : image_(std::move(image)),
        places_(std::move(places)),
        rebuilt_(std::move(rebuilt)),
        identity_(std::move(identity)),
        block_bytes_(block_bytes) {}

  ContentIdentity identity() const override { return identity_; }
  std::uint64_t chunk_count() const override { return places_.size(); }
  std::vector<LbaRange> chunk(std::uint64_t index) const override { return at(index).ranges; }
  bool compares_by_hash() const override { return true; }

  Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) override {
    const Place& place = at(index);
    if (const RebuiltPartition* rebuilt = rebuilt_of(place)) return rebuilt->fill(place.chunk, bytes);
    if (chunk_of(place).zero) {
      std::fill(bytes.begin(), bytes.end(), std::byte{0});
      return {};
    }
    if (!place.is_cut) return image_->read_chunk(place.partition, place.chunk, bytes);
    return fill_cut(place, bytes);
  }

  Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                              std::span<std::byte> scratch) override {
    const Place& place = at(index);
    if (const RebuiltPartition* rebuilt = rebuilt_of(place))
      return unless(sha256(actual) == rebuilt->sha256(place.chunk), place);
    const ImageChunk& chunk = chunk_of(place);
    const std::span<std::byte> wanted = scratch.first(actual.size());
    if (place.is_cut || chunk.zero) {
      TRY(fill(index, wanted));
      return differing_blocks(place.ranges, block_bytes_, actual, wanted);
    }
    return unless(sha256(actual) == chunk.sha256, place);
  }

 private:
  const Place& at(std::uint64_t index) const { return places_.at(static_cast<std::size_t>(index)); }
  const ImageChunk& chunk_of(const Place& place) const {
    return image_->manifest().partitions[place.partition].chunks[place.chunk];
  }
  const RebuiltPartition* rebuilt_of(const Place& place) const {
    const auto found = rebuilt_.find(place.partition);
    return found == rebuilt_.end() ? nullptr : &found->second;
  }
  static ExtentSet unless(bool is_equal, const Place& place) {
    ExtentSet all;
    if (is_equal) return all;
    for (const LbaRange range : place.ranges) all.add(range);
    return all;
  }

  // The chunk ascends and loses its end, so what is kept is its beginning.
  Result<void> fill_cut(const Place& place, std::span<std::byte> bytes) const {
    const std::uint64_t block = image_->manifest().partitions[place.partition].block_bytes;
    Bytes whole(static_cast<std::size_t>(chunk_of(place).extents.block_count() * block));
    TRY(image_->read_chunk(place.partition, place.chunk, whole));
    std::memcpy(bytes.data(), whole.data(), bytes.size());
    return {};
  }

  std::shared_ptr<const ImageFolder> image_;
  std::vector<Place> places_;
  RebuiltPartitions rebuilt_;
  ContentIdentity identity_;
  std::uint32_t block_bytes_;
};

// What of the chunk lies in a partition of that size, in the file system's blocks.
ExtentSet kept_of(const ImageChunk& chunk, const ImagePartition& source, LbaRange target, const Geometry& geometry) {
  return chunk.extents.cropped({0, target.count * geometry.logical_bytes / source.block_bytes});
}

Result<std::vector<LbaRange>> on_drive(const ExtentSet& blocks, const ImagePartition& source, LbaRange target,
                                       const Geometry& geometry) {
  std::vector<LbaRange> ranges;
  for (const LbaRange range : blocks.ranges()) {
    const std::uint64_t first = range.first * source.block_bytes;
    const std::uint64_t size = range.count * source.block_bytes;
    if (first % geometry.logical_bytes != 0 || size % geometry.logical_bytes != 0)
      return Error{Errc::Refused, Stop::ImageUnsuited,
                   "partition " + std::to_string(source.number) + " of the image is cut into blocks of " +
                       std::to_string(source.block_bytes) + " bytes; the drive has blocks of " +
                       std::to_string(geometry.logical_bytes)};
    ranges.push_back({target.first + first / geometry.logical_bytes, size / geometry.logical_bytes});
  }
  return ranges;
}

// Of every chunk of the manifest that the drive will hold, in the image's order.
Result<std::vector<Place>> places_of(const Manifest& manifest, const Layout& layout, const Geometry& geometry) {
  require(manifest.partitions.size() == layout.partitions.size(), "a layout of another image");
  std::vector<Place> places;
  for (std::size_t p = 0; p < manifest.partitions.size(); ++p) {
    const ImagePartition& source = manifest.partitions[p];
    if (is_rebuilt(source, geometry)) continue;
    const LbaRange target = layout.partitions[p].range;
    for (std::size_t c = 0; c < source.chunks.size(); ++c) {
      const ExtentSet kept = kept_of(source.chunks[c], source, target, geometry);
      if (kept.empty()) continue;
      std::vector<LbaRange> ranges = TRY(on_drive(kept, source, target, geometry));
      places.push_back({p, c, std::move(ranges), kept != source.chunks[c].extents});
    }
  }
  return places;
}

Result<RebuiltPartitions> rebuild(const std::shared_ptr<const ImageFolder>& image, const Layout& layout,
                                  const Geometry& geometry) {
  RebuiltPartitions rebuilt;
  for (std::size_t p = 0; p < layout.partitions.size(); ++p) {
    if (!is_rebuilt(image->manifest().partitions[p], geometry)) continue;
    RebuiltPartition made = TRY(RebuiltPartition::make(image, p, layout.partitions[p].range, geometry));
    rebuilt.emplace(p, std::move(made));
  }
  return rebuilt;
}

void add_places(std::vector<Place>& places, const RebuiltPartitions& rebuilt) {
  for (const auto& [p, partition] : rebuilt)
    for (std::size_t c = 0; c < partition.chunk_count(); ++c) places.push_back({p, c, {partition.chunk(c)}, false});
  std::ranges::sort(places, {}, [](const Place& place) { return std::pair(place.partition, place.chunk); });
}

bool covers_all(const ExtentSet& set, std::span<const LbaRange> ranges) {
  return std::all_of(ranges.begin(), ranges.end(), [&](LbaRange range) { return set.covers(range); });
}

std::string digest_of(const ImageFolder& image, const Layout& layout, const Geometry& geometry,
                      const std::string& left_out) {
  std::string what = image.manifest_sha256() + " " + std::to_string(geometry.logical_bytes);
  for (const LayoutPartition& partition : layout.partitions)
    what += " " + std::to_string(partition.range.first) + "+" + std::to_string(partition.range.count);
  return to_hex(sha256(as_bytes(what + left_out)));
}

}  // namespace

Result<std::shared_ptr<Content>> image_content(std::shared_ptr<const ImageFolder> image, const Layout& layout,
                                               const Geometry& geometry, const ExtentSet& already_zero) {
  std::vector<Place> places = TRY(places_of(image->manifest(), layout, geometry));
  std::string left_out;
  std::erase_if(places, [&](const Place& place) {
    const bool is_left_out = image->manifest().partitions[place.partition].chunks[place.chunk].zero &&
                             covers_all(already_zero, place.ranges);
    if (is_left_out) left_out += " -" + std::to_string(place.partition) + "." + std::to_string(place.chunk);
    return is_left_out;
  });
  RebuiltPartitions rebuilt = TRY(rebuild(image, layout, geometry));
  add_places(places, rebuilt);
  ContentIdentity identity{.name = std::string(kImageContent), .digest = digest_of(*image, layout, geometry, left_out)};
  for (const Place& place : places) identity.block_count += block_count(place.ranges);
  identity.chunk_count = places.size();
  return std::shared_ptr<Content>(std::make_shared<ImageContent>(
      std::move(image), std::move(places), std::move(rebuilt), std::move(identity), geometry.logical_bytes));
}

Result<void> fits_blocks(const Manifest& manifest, const Layout& layout, const Geometry& geometry) {
  const std::vector<Place> places = TRY(places_of(manifest, layout, geometry));
  (void)places;  // That each has one.
  return {};
}

ExtentSet written_blocks(const ImagePartition& source, LbaRange target, const Geometry& geometry) {
  ExtentSet written;
  for (const ImageChunk& chunk : source.chunks) {
    if (chunk.zero) continue;
    for (const LbaRange range : chunk.extents.ranges()) {
      const std::uint64_t first = target.first + range.first * source.block_bytes / geometry.logical_bytes;
      const std::uint64_t end =
          target.first + (range.end() * source.block_bytes + geometry.logical_bytes - 1) / geometry.logical_bytes;
      written.add(range_between(first, end));
    }
  }
  return written;
}

}  // namespace relance
