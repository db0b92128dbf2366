#pragma once
// A drive as it will be once an overlay is written: so that what is about to be written can be checked before.

#include <cstring>

#include "wiper/content/overlay.h"

namespace relance {

class OverlaidReader final : public BlockReader {
 public:
  OverlaidReader(BlockReader& drive, const Overlay& overlay) : drive_(drive), overlay_(overlay) {}
  Geometry geometry() const override { return drive_.geometry(); }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override {
    TRY(drive_.read(range, bytes));
    const std::uint32_t block_bytes = overlay_.block_bytes();
    for (std::uint64_t i = 0; i < range.count; ++i)
      if (const auto block = overlay_.block(range.first + i); block)
        std::memcpy(bytes.data() + static_cast<std::size_t>(i) * block_bytes, block->data(), block_bytes);
    return {};
  }

 private:
  BlockReader& drive_;
  const Overlay& overlay_;
};

}  // namespace relance
