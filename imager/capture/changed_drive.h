#pragma once
// A master as it will be captured: the drive, with some of its blocks as they are meant to be. The drive itself is only read.

#include <map>

#include "imager/filesystem/byte_reader.h"

namespace relance {

// put() before anybody reads from several threads.
class ChangedDrive final : public BlockReader {
 public:
  explicit ChangedDrive(BlockReader& drive) : drive_(drive) {}

  Geometry geometry() const override { return drive_.geometry(); }
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;
  // Whole blocks or not: what is around the bytes is read first.
  Result<void> put(std::uint64_t offset, std::span<const std::byte> bytes);

 private:
  BlockReader& drive_;
  std::map<std::uint64_t, Bytes> blocks_;  // By LBA.
};

// A partition of it, to write to.
class ChangedPartition final : public ByteStore {
 public:
  ChangedPartition(ChangedDrive& drive, LbaRange range) : drive_(drive), range_(range), bytes_(drive, range) {}

  std::uint64_t size_bytes() const override { return bytes_.size_bytes(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override { return bytes_.read(offset, bytes); }
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override;

 private:
  ChangedDrive& drive_;
  LbaRange range_;
  PartitionBytes bytes_;
};

}  // namespace relance
