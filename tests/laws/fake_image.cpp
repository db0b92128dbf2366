#include "tests/laws/fake_image.h"

#include <algorithm>

#include "tests/laws/first_life.h"
#include "wiper/content/pattern.h"
#include "wiper/crypto/hash.h"
#include "wiper/device/block_buffer.h"
#include "wiper/sim/seeded_random.h"

namespace relance {
namespace {

using Chunk = std::vector<LbaRange>;

constexpr std::uint64_t kFirstImageBlock = 6;

// Three extents, a gap behind each, over the middle of the drive.
std::vector<Chunk> image_chunks(const Geometry& geometry) {
  std::vector<Chunk> chunks;
  std::uint64_t at = kFirstImageBlock;
  const std::uint64_t end = geometry.block_count * 3 / 4;
  while (at + 16 <= end) {
    chunks.push_back({{at, 3}, {at + 4, 2}, {at + 9, 4}});
    at += 15;
  }
  return chunks;
}

bool is_zero_block(std::uint64_t lba) { return lba % 7 == 3; }

Bytes image_block(std::uint64_t lba, std::uint32_t block_bytes) {
  Bytes block(block_bytes);
  if (!is_zero_block(lba)) SeededRandom(lba, "master image").fill(block);
  return block;
}

Bytes finish_block(const RunSeed& seed, std::uint64_t lba, std::uint32_t block_bytes) {
  Bytes block(block_bytes);
  SeededRandom(load_le<std::uint64_t>(seed) + lba, "finish").fill(block);
  return block;
}

// As a file system is grown: what stands there goes into the result.
Bytes grown(Bytes superblock, const RunSeed& seed) {
  const Bytes change = finish_block(seed, kFirstImageBlock, static_cast<std::uint32_t>(superblock.size()));
  std::ranges::transform(superblock, change, superblock.begin(), std::bit_xor());
  return superblock;
}

class ImageContent : public Content {
 public:
  ImageContent(std::vector<Chunk> chunks, std::uint32_t block_bytes, bool compares_by_hash, std::uint64_t pulled_at)
      : chunks_(std::move(chunks)),
        block_bytes_(block_bytes),
        compares_by_hash_(compares_by_hash),
        pulled_at_(pulled_at) {}

  ContentIdentity identity() const override {
    std::string ranges;
    std::uint64_t blocks = 0;
    for (const Chunk& chunk : chunks_) {
      for (const LbaRange range : chunk) ranges += to_text(ExtentSet{range}) + " ";
      blocks += block_count(chunk);
    }
    return {std::string(kImageContent), to_hex(sha256(as_bytes(ranges))), chunks_.size(), blocks};
  }
  std::uint64_t chunk_count() const override { return chunks_.size(); }
  std::vector<LbaRange> chunk(std::uint64_t index) const override { return chunks_.at(index); }

  Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) override {
    if (index >= pulled_at_) return Error{Errc::Gone, Stop::ImageMissing, "the image was pulled away"};
    std::size_t at = 0;
    for (const LbaRange range : chunks_.at(index))
      for (std::uint64_t lba = range.first; lba < range.end(); ++lba, at += block_bytes_)
        std::ranges::copy(image_block(lba, block_bytes_), bytes.begin() + static_cast<std::ptrdiff_t>(at));
    return {};
  }

  Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                              std::span<std::byte> scratch) override {
    const Chunk& ranges = chunks_.at(index);
    TRY(fill(index, scratch));
    if (!compares_by_hash_) return differing_blocks(ranges, block_bytes_, actual, scratch);
    ExtentSet all;
    if (sha256(actual) == sha256(scratch)) return all;
    for (const LbaRange range : ranges) all.add(range);
    return all;
  }
  bool compares_by_hash() const override { return compares_by_hash_; }

 private:
  std::vector<Chunk> chunks_;
  std::uint32_t block_bytes_;
  bool compares_by_hash_;
  std::uint64_t pulled_at_;
};

Bytes erased_platter(const RunStarted& started) {
  Bytes platter(static_cast<std::size_t>(started.plan.drive.geometry.size_bytes()));
  const std::string& method = started.plan.method;
  if (method == "none") {
    const Geometry& geometry = started.plan.drive.geometry;
    for (std::uint64_t lba = 0; lba < geometry.block_count; ++lba)
      std::ranges::copy(marked_block(lba, geometry.logical_bytes, kDonor),
                        platter.begin() + static_cast<std::ptrdiff_t>(lba * geometry.logical_bytes));
    return platter;
  }
  // The last pass, as its name says it.
  std::string last;
  for (const Step& step : started.plan.steps)
    if (step.role == StepRole::Erase && step.kind == StepKind::Write) last = step.content;
  const std::string rest = last.substr(last.find('-') + 1);
  if (last.starts_with("keyed-")) {
    keyed_pattern(started.cipher, derive_key(started.seed, last))->fill(0, platter);
  } else {
    const Bytes bytes = from_hex(rest).value();
    for (std::size_t at = 0; at < platter.size(); ++at) platter[at] = bytes[at % bytes.size()];
  }
  return platter;
}

}  // namespace

Result<std::shared_ptr<Content>> FakeImage::make(const ContentRequest& request) {
  if (request.name != kImageContent) return Error{Errc::Invalid, Stop::Internal, "no content " + request.name};
  std::vector<Chunk> chunks;
  for (const Chunk& whole : image_chunks(request.geometry)) {
    ExtentSet rest;
    for (const LbaRange range : whole)
      for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
        if (!request.writes || !is_zero_block(lba) || !request.proven_zero.covers(LbaRange{lba, 1})) rest.add({lba, 1});
    chunks.emplace_back(rest.ranges().begin(), rest.ranges().end());
  }
  return std::shared_ptr<Content>(
      std::make_shared<ImageContent>(std::move(chunks), request.geometry.logical_bytes, compares_by_hash_, pulled_at_));
}

Result<Overlay> FakeImage::make_overlay(const ContentRequest& request, BlockReader& drive) {
  const std::uint32_t block_bytes = request.geometry.logical_bytes;
  Overlay overlay(block_bytes);
  const ExtentSet finish = finish_blocks(request.geometry);
  const bool is_unboot = request.name == kUnbootOverlay;
  for (const LbaRange range : finish.ranges())
    for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
      overlay.put(lba, is_unboot ? Bytes(block_bytes) : finish_block(request.seed, lba, block_bytes));
  if (is_unboot) return overlay;
  BlockBuffer superblock(block_bytes);
  TRY(drive.read({kFirstImageBlock, 1}, superblock.bytes()));
  overlay.put(kFirstImageBlock, grown(Bytes(superblock.bytes().begin(), superblock.bytes().end()), request.seed));
  return overlay;
}

void put_half_an_image(SimulatedDrive& drive) {
  const Geometry geometry = drive.geometry();
  for (const Chunk& chunk : image_chunks(geometry))
    for (const LbaRange range : chunk)
      for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
        if (chunk.front().first % 2 == 0 || lba % 3 == 0) drive.put(lba, image_block(lba, geometry.logical_bytes));
}

ExtentSet finish_blocks(const Geometry& geometry) {
  return {{0, 4}, {kFirstImageBlock, 1}, {geometry.block_count - 3, 3}};
}

ExtentSet deployed_blocks(const Geometry& geometry) {
  ExtentSet blocks = finish_blocks(geometry);
  for (const Chunk& chunk : image_chunks(geometry))
    for (const LbaRange range : chunk) blocks.add(range);
  return blocks;
}

Bytes wanted_platter(const RunStarted& started, bool is_deployed) {
  Bytes platter = erased_platter(started);
  if (!is_deployed) return platter;
  const Geometry& geometry = started.plan.drive.geometry;
  const auto put = [&](std::uint64_t lba, const Bytes& block) {
    std::ranges::copy(block, platter.begin() + static_cast<std::ptrdiff_t>(lba * geometry.logical_bytes));
  };
  for (const Chunk& chunk : image_chunks(geometry))
    for (const LbaRange range : chunk)
      for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
        put(lba, image_block(lba, geometry.logical_bytes));
  const ExtentSet finish = finish_blocks(geometry);
  for (const LbaRange range : finish.ranges())
    for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
      put(lba, finish_block(started.seed, lba, geometry.logical_bytes));
  put(kFirstImageBlock, grown(image_block(kFirstImageBlock, geometry.logical_bytes), started.seed));
  return platter;
}

}  // namespace relance
