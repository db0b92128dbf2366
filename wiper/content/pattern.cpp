#include "wiper/content/pattern.h"

#include <algorithm>
#include <cstring>

#include "wiper/crypto/hash.h"

namespace relance {
namespace {

class ConstantPattern : public Pattern {
 public:
  explicit ConstantPattern(std::byte value) : value_(value) {}
  void fill(std::uint64_t, std::span<std::byte> bytes) const override { std::fill(bytes.begin(), bytes.end(), value_); }
  std::optional<std::byte> constant() const override { return value_; }
  std::string description() const override { return "constant " + to_hex(std::span(&value_, 1)); }

 private:
  std::byte value_;
};

class RepeatingPattern : public Pattern {
 public:
  explicit RepeatingPattern(Bytes bytes) : bytes_(std::move(bytes)) {
    require(!bytes_.empty(), "a repeating pattern of nothing");
  }
  void fill(std::uint64_t byte_offset, std::span<std::byte> bytes) const override {
    std::size_t at = static_cast<std::size_t>(byte_offset % bytes_.size());
    std::size_t filled = std::min(bytes_.size(), bytes.size());
    for (std::byte& byte : bytes.first(filled)) {
      byte = bytes_[at];
      at = at + 1 == bytes_.size() ? 0 : at + 1;
    }
    while (filled < bytes.size()) {  // What is there is whole periods: it doubles.
      const std::size_t more = std::min(filled, bytes.size() - filled);
      std::memcpy(bytes.data() + filled, bytes.data(), more);
      filled += more;
    }
  }
  std::string description() const override { return "repeating " + to_hex(bytes_); }

 private:
  Bytes bytes_;
};

class KeyedPattern : public Pattern {
 public:
  KeyedPattern(Cipher cipher, const StreamKey& key) : cipher_(cipher), key_hash_(sha256(key)), stream_(cipher, key) {}
  void fill(std::uint64_t byte_offset, std::span<std::byte> bytes) const override { stream_.fill(byte_offset, bytes); }
  std::string description() const override {
    return std::string(name_of(cipher_)) + " key sha256 " + to_hex(key_hash_);
  }

 private:
  Cipher cipher_;
  Sha256Digest key_hash_;
  KeyedStream stream_;
};

class LbaStampPattern : public Pattern {
 public:
  explicit LbaStampPattern(std::uint32_t block_bytes) : block_bytes_(block_bytes) {}
  void fill(std::uint64_t byte_offset, std::span<std::byte> bytes) const override {
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const std::uint64_t offset = byte_offset + i;
      const std::uint64_t inside = offset % block_bytes_;
      bytes[i] = inside < 8 ? static_cast<std::byte>((offset / block_bytes_) >> (8 * inside)) : std::byte{0};
    }
  }
  std::string description() const override { return "lba stamp " + std::to_string(block_bytes_); }

 private:
  std::uint32_t block_bytes_;
};

// Where chunk `index` lies, for extents each cut by itself.
struct CutExtent {
  LbaRange extent;
  std::uint64_t first_chunk = 0;
};

class PatternContent : public Content {
 public:
  PatternContent(std::string name, std::unique_ptr<Pattern> pattern, const Geometry& geometry, const ExtentSet& extents,
                 std::uint64_t chunk_bytes)
      : name_(std::move(name)),
        pattern_(std::move(pattern)),
        block_bytes_(geometry.logical_bytes),
        chunk_blocks_(chunk_bytes / geometry.logical_bytes),
        block_count_(extents.block_count()) {
    require(chunk_bytes > 0 && chunk_bytes <= kLargestChunkBytes && chunk_bytes % geometry.physical_bytes == 0,
            "a chunk is a whole number of physical blocks and at most kLargestChunkBytes");
    for (const LbaRange extent : extents.ranges()) {
      cuts_.push_back({extent, chunk_count_});
      chunk_count_ += boundary_of(extent.end() - 1) - boundary_of(extent.first) + 1;
    }
  }

  ContentIdentity identity() const override {
    return {name_, to_hex(sha256(as_bytes(pattern_->description()))), chunk_count_, block_count_};
  }
  std::uint64_t chunk_count() const override { return chunk_count_; }

  std::vector<LbaRange> chunk(std::uint64_t index) const override { return {place(index)}; }
  std::uint64_t largest_chunk_blocks() const override { return std::min(chunk_blocks_, block_count_); }

  Result<void> fill(std::uint64_t index, std::span<std::byte> bytes) override {
    pattern_->fill(place(index).first * block_bytes_, bytes);
    return {};
  }

  Result<ExtentSet> differing(std::uint64_t index, std::span<const std::byte> actual,
                              std::span<std::byte> scratch) override {
    const LbaRange range = place(index);
    if (is_all_constant(actual)) return ExtentSet{};
    pattern_->fill(range.first * block_bytes_, scratch.first(actual.size()));
    return differing_blocks(std::span(&range, 1), block_bytes_, actual, scratch.first(actual.size()));
  }

  std::optional<std::byte> constant() const override { return pattern_->constant(); }

 private:
  // Chunks lie on a grid over the whole drive, so that they start on physical blocks whatever the extents are.
  std::uint64_t boundary_of(std::uint64_t lba) const { return lba / chunk_blocks_; }

  LbaRange place(std::uint64_t index) const {
    require(index < chunk_count_, "a chunk that the content does not have");
    const auto after =
        std::upper_bound(cuts_.begin(), cuts_.end(), index,
                         [](std::uint64_t wanted, const CutExtent& cut) { return wanted < cut.first_chunk; });
    const CutExtent& cut = *(after - 1);
    const std::uint64_t cell = boundary_of(cut.extent.first) + (index - cut.first_chunk);
    return intersection({cell * chunk_blocks_, chunk_blocks_}, cut.extent);
  }

  // A constant buffer equals itself shifted by one byte: no second buffer to fill or to read.
  bool is_all_constant(std::span<const std::byte> actual) const {
    const std::optional<std::byte> value = pattern_->constant();
    return value && actual[0] == *value && std::memcmp(actual.data(), actual.data() + 1, actual.size() - 1) == 0;
  }

  std::string name_;
  std::unique_ptr<Pattern> pattern_;
  std::uint32_t block_bytes_;
  std::uint64_t chunk_blocks_;
  std::uint64_t block_count_;
  std::uint64_t chunk_count_ = 0;
  std::vector<CutExtent> cuts_;
};

}  // namespace

std::unique_ptr<Pattern> constant_pattern(std::byte value) { return std::make_unique<ConstantPattern>(value); }
std::unique_ptr<Pattern> repeating_pattern(Bytes bytes) { return std::make_unique<RepeatingPattern>(std::move(bytes)); }
std::unique_ptr<Pattern> keyed_pattern(Cipher cipher, const StreamKey& key) {
  return std::make_unique<KeyedPattern>(cipher, key);
}
std::unique_ptr<Pattern> lba_stamp_pattern(std::uint32_t block_bytes) {
  return std::make_unique<LbaStampPattern>(block_bytes);
}

ExtentSet stamp_extents(const Geometry& geometry, std::span<const unsigned> wraps) {
  constexpr std::uint64_t kBeside = 8;  // Blocks on each side: a physical block of 512e drives.
  ExtentSet blocks{LbaRange{0, kBeside}};
  for (const unsigned wrap : wraps) {
    const std::uint64_t place = std::uint64_t{1} << wrap;
    blocks.add({place - std::min(place, kBeside), 2 * kBeside});
  }
  return blocks.cropped(geometry.whole());
}

std::shared_ptr<Content> pattern_content(std::string name, std::unique_ptr<Pattern> pattern, const Geometry& geometry,
                                         const ExtentSet& extents, std::uint64_t chunk_bytes) {
  return std::make_shared<PatternContent>(std::move(name), std::move(pattern), geometry, extents, chunk_bytes);
}

}  // namespace relance
