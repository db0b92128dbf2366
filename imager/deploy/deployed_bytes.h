#pragma once
// A partition of the drive, and behind its end what the image has there: the end of a file system that is to be cut.

#include <algorithm>

#include "imager/filesystem/byte_reader.h"

namespace relance {

// One thread at a time.
class DeployedBytes final : public ByteReader {
 public:
  DeployedBytes(BlockReader& drive, LbaRange range, ByteReader& image, std::uint64_t size_bytes)
      : drive_(drive, range), image_(image), size_bytes_(size_bytes) {}

  std::uint64_t size_bytes() const override { return size_bytes_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override {
    const std::uint64_t behind = drive_.size_bytes();
    const std::size_t on_drive =
        offset >= behind ? 0 : static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), behind - offset));
    TRY(drive_.read(std::min(offset, behind), bytes.first(on_drive)));
    if (on_drive == bytes.size()) return {};
    return image_.read(offset + on_drive, bytes.subspan(on_drive));
  }

 private:
  PartitionBytes drive_;
  ByteReader& image_;
  std::uint64_t size_bytes_;
};

}  // namespace relance
