#pragma once
// Reads each block twice, into memory that was filled differently before: a read that says yes and delivers nothing, or once
// another block, is not believed. For bytes from which something is made that nobody can compare with a plan afterwards.

#include "wiper/device/block_device.h"

namespace relance {

class SureReader : public BlockReader {
 public:
  explicit SureReader(BlockReader& reader) : reader_(reader) {}
  Geometry geometry() const override { return reader_.geometry(); }
  // Three attempts. Io, Stop::ReadErrors: the drive did not say the same twice.
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;

 private:
  Result<bool> read_twice(LbaRange range, std::span<std::byte> once, std::span<std::byte> twice);
  BlockReader& reader_;
};

}  // namespace relance
