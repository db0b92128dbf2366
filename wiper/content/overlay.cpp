#include "wiper/content/overlay.h"

#include <algorithm>
#include <cstring>

namespace relance {
namespace {

constexpr std::string_view kMagic = "RLOVERLY";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 24;
constexpr std::size_t kExtentBytes = 16;
constexpr std::uint64_t kMostFileBytes = std::uint64_t{1} << 30;  // A real one is about a megabyte.

Error damaged(const char* why) { return {Errc::Corrupt, Stop::JournalDamaged, std::string("overlay file: ") + why}; }

class OverlayContent : public Content {
 public:
  OverlayContent(std::string name, std::shared_ptr<const Overlay> overlay, OverlayPart part)
      : name_(std::move(name)), overlay_(std::move(overlay)), digest_(to_hex(sha256(overlay_->to_file()))) {
    ExtentSet extents = overlay_->extents();
    if (part == OverlayPart::AllButFirstBlock) extents.subtract({0, 1});
    if (part == OverlayPart::FirstBlock) extents = extents.cropped({0, 1});
    const std::uint64_t most = kLargestChunkBytes / overlay_->block_bytes();
    for (const LbaRange extent : extents.ranges())
      for (std::uint64_t first = extent.first; first < extent.end(); first += most)
        chunks_.push_back(intersection({first, most}, extent));
    block_count_ = extents.block_count();
  }

  ContentIdentity identity() const override { return {name_, digest_, chunks_.size(), block_count_}; }
  std::uint64_t chunk_count() const override { return chunks_.size(); }
  std::vector<LbaRange> chunk(std::uint64_t index) const override {
    return {chunks_.at(static_cast<std::size_t>(index))};
  }

  Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) override {
    const LbaRange range = chunks_.at(static_cast<std::size_t>(index));
    std::size_t offset = 0;
    for (std::uint64_t lba = range.first; lba < range.end(); ++lba) {
      const std::span<const std::byte> block = *overlay_->block(lba);
      std::memcpy(bytes.data() + offset, block.data(), block.size());
      offset += block.size();
    }
    return {};
  }

  Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                              std::span<std::byte> scratch) override {
    const LbaRange range = chunks_.at(static_cast<std::size_t>(index));
    TRY(fill(index, scratch.first(actual.size())));
    return differing_blocks(std::span(&range, 1), overlay_->block_bytes(), actual, scratch.first(actual.size()));
  }

 private:
  std::string name_;
  std::shared_ptr<const Overlay> overlay_;
  std::string digest_;
  std::vector<LbaRange> chunks_;
  std::uint64_t block_count_ = 0;
};

}  // namespace

void Overlay::put(std::uint64_t first_lba, std::span<const std::byte> bytes) {
  require(bytes.size() % block_bytes_ == 0, "an overlay takes whole blocks");
  for (std::size_t offset = 0; offset < bytes.size(); offset += block_bytes_) {
    const auto block = bytes.subspan(offset, block_bytes_);
    blocks_[first_lba + offset / block_bytes_] = Bytes(block.begin(), block.end());
  }
}

std::optional<std::span<const std::byte>> Overlay::block(std::uint64_t lba) const {
  const auto found = blocks_.find(lba);
  if (found == blocks_.end()) return std::nullopt;
  return found->second;
}

ExtentSet Overlay::extents() const {
  ExtentSet extents;
  for (const auto& [lba, bytes] : blocks_) extents.add({lba, 1});
  return extents;
}

Bytes Overlay::to_file() const {
  const ExtentSet all = extents();
  Bytes file(kHeaderBytes + kExtentBytes * all.ranges().size() + blocks_.size() * block_bytes_);
  const std::span<std::byte> out(file);
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  store_le<std::uint32_t>(out.subspan(8), kVersion);
  store_le<std::uint32_t>(out.subspan(12), block_bytes_);
  store_le<std::uint64_t>(out.subspan(16), all.ranges().size());
  std::size_t at = kHeaderBytes;
  for (const LbaRange range : all.ranges()) {
    store_le<std::uint64_t>(out.subspan(at), range.first);
    store_le<std::uint64_t>(out.subspan(at + 8), range.count);
    at += kExtentBytes;
  }
  for (const auto& [lba, bytes] : blocks_) {
    std::memcpy(out.data() + at, bytes.data(), bytes.size());
    at += bytes.size();
  }
  return file;
}

Result<Overlay> Overlay::from_file(std::span<const std::byte> file) {
  if (file.size() < kHeaderBytes || file.size() > kMostFileBytes) return damaged("its size");
  if (as_text(file.first(kMagic.size())) != kMagic) return damaged("no magic");
  if (load_le<std::uint32_t>(file.subspan(8)) != kVersion) return damaged("another version");
  const auto block_bytes = load_le<std::uint32_t>(file.subspan(12));
  if (block_bytes != 512 && block_bytes != 4096) return damaged("its block size");
  const auto extent_count = load_le<std::uint64_t>(file.subspan(16));
  if (extent_count > (file.size() - kHeaderBytes) / kExtentBytes) return damaged("its number of extents");

  Overlay overlay(block_bytes);
  std::span<const std::byte> blocks =
      file.subspan(kHeaderBytes + static_cast<std::size_t>(extent_count) * kExtentBytes);
  std::uint64_t previous_end = 0;
  for (std::uint64_t i = 0; i < extent_count; ++i) {
    const auto row = file.subspan(kHeaderBytes + static_cast<std::size_t>(i) * kExtentBytes, kExtentBytes);
    const LbaRange range{load_le<std::uint64_t>(row), load_le<std::uint64_t>(row.subspan(8))};
    const bool is_apart = i == 0 || range.first > previous_end;
    if (range.empty() || !is_apart || range.count > blocks.size() / block_bytes ||
        range.first > UINT64_MAX - range.count)
      return damaged("an extent");
    overlay.put(range.first, blocks.first(static_cast<std::size_t>(range.count) * block_bytes));
    blocks = blocks.subspan(static_cast<std::size_t>(range.count) * block_bytes);
    previous_end = range.end();
  }
  if (!blocks.empty()) return damaged("bytes behind its end");
  return overlay;
}

std::shared_ptr<Content> overlay_content(std::string name, std::shared_ptr<const Overlay> overlay, OverlayPart part) {
  return std::make_shared<OverlayContent>(std::move(name), std::move(overlay), part);
}

}  // namespace relance
