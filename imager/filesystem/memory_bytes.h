#pragma once
// A memory file as a file system's bytes: what tools write into it is read here, and the other way round.

#include "imager/filesystem/byte_reader.h"
#include "wiper/base/tools.h"

namespace relance {

class MemoryBytes final : public ByteStore {
 public:
  explicit MemoryBytes(MemoryFile& memory) : memory_(memory) {}
  std::uint64_t size_bytes() const override { return memory_.size_bytes(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override { return memory_.read(offset, bytes); }
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override {
    return memory_.write(offset, bytes);
  }

 private:
  MemoryFile& memory_;
};

}  // namespace relance
