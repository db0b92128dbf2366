#pragma once
// A file system's bytes, wherever they lie: a partition of a drive, a memory file, a test's buffer. Whoever reads one asks
// for bytes, not for aligned blocks; who may not write gets a ByteReader.
//
// Threading: one thread at a time, unless a class says more.

#include <cstdint>
#include <map>
#include <span>

#include "wiper/base/bytes.h"
#include "wiper/device/block_device.h"

namespace relance {

class ByteReader {
 public:
  virtual ~ByteReader() = default;
  virtual std::uint64_t size_bytes() const = 0;
  // Exactly these bytes. Invalid: not all of them lie inside. Io, Gone, Timeout: from the drive.
  virtual Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) = 0;
};

class ByteStore : public ByteReader {
 public:
  virtual Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;
};

// `size` bytes from `offset` on lie inside of `whole` bytes. Never wraps.
constexpr bool lies_inside(std::uint64_t offset, std::uint64_t size, std::uint64_t whole) {
  return size <= whole && offset <= whole - size;
}

// A partition of a drive. Any number of threads at once.
class PartitionBytes final : public ByteReader {
 public:
  // The range lies on the drive; a breach aborts.
  PartitionBytes(BlockReader& drive, LbaRange range);

  std::uint64_t size_bytes() const override { return range_.count * block_bytes_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override;

 private:
  BlockReader& drive_;
  LbaRange range_;
  std::uint32_t block_bytes_;
};

// Takes writes in memory and leaves what is below untouched.
class CopyOnWrite final : public ByteStore {
 public:
  static constexpr std::uint32_t kPieceBytes = 4096;

  explicit CopyOnWrite(ByteReader& below) : below_(below) {}

  std::uint64_t size_bytes() const override { return below_.size_bytes(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override;
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override;

  // What was written, by byte offset: whole pieces that start at multiples of kPieceBytes (the last may be shorter).
  const std::map<std::uint64_t, Bytes>& pieces() const { return pieces_; }

 private:
  Result<Bytes*> piece_at(std::uint64_t start);
  ByteReader& below_;
  std::map<std::uint64_t, Bytes> pieces_;
};

}  // namespace relance
