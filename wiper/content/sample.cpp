#include "wiper/content/sample.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::uint64_t kSections = 1000;

// A seekable stream as a source of numbers: no library distribution, so every machine draws the same.
class Draw {
 public:
  explicit Draw(std::span<const std::byte> seed) : stream_(Cipher::ChaCha20, sample_key(seed)) {}
  std::uint64_t below(std::uint64_t bound) {
    std::array<std::byte, 8> bytes{};
    stream_.fill(offset_, bytes);
    offset_ += bytes.size();
    return load_le<std::uint64_t>(bytes) % bound;  // The bias is below 2^-20 for any drive.
  }

 private:
  KeyedStream stream_;
  std::uint64_t offset_ = 0;
};

}  // namespace

StreamKey sample_key(std::span<const std::byte> seed) { return derive_key(seed, "sample"); }

ExtentSet sample_extents(const Geometry& geometry, unsigned percent, std::span<const std::byte> seed) {
  const std::uint64_t blocks = geometry.block_count;
  if (percent >= 100 || blocks <= 2 * kSections) return {geometry.whole()};
  Draw draw(seed);
  ExtentSet sample{{0, 1}, {blocks - 1, 1}};
  for (std::uint64_t section = 0; section < kSections; ++section) {
    const std::uint64_t first =
        blocks * section / kSections;  // Blocks times 1000 fit 64 bits up to 18 exabytes of LBAs.
    const std::uint64_t length = blocks * (section + 1) / kSections - first;
    // Two samples, one in each half, so that they never overlap.
    const std::uint64_t half = length / 2;
    const std::uint64_t half_lengths[] = {half, length - half};
    std::uint64_t start = first;
    for (const std::uint64_t half_length : half_lengths) {
      const std::uint64_t wanted = std::clamp<std::uint64_t>((half_length * percent + 99) / 100, 1, half_length);
      sample.add({start + draw.below(half_length - wanted + 1), wanted});
      start += half_length;
    }
  }
  return sample;
}

std::uint64_t sample_sections(const Geometry& geometry, const ExtentSet& blocks) {
  // The last section that begins at or before a block: first = blocks * section / 1000, rounded down.
  const auto section_of = [&](std::uint64_t lba) { return ((lba + 1) * kSections - 1) / geometry.block_count; };
  std::uint64_t sections = 0;
  std::uint64_t next = 0;  // The first that is not counted yet.
  for (const LbaRange range : blocks.ranges()) {
    const std::uint64_t first = std::max(next, section_of(range.first));
    const std::uint64_t last = section_of(range.end() - 1);
    if (last < first) continue;
    // A drive of fewer blocks than sections has sections without any.
    sections += std::min(last - first + 1, range.count);
    next = last + 1;
  }
  return sections;
}

}  // namespace relance
