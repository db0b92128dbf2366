#pragma once
// A file system in memory, for tests: made by mke2fs, mkfs.fat and the like in a temporary folder, then damaged by hand.

#include <cstring>

#include "imager/filesystem/byte_reader.h"

namespace relance {

class MemoryBytes : public ByteStore {
 public:
  MemoryBytes() = default;
  explicit MemoryBytes(Bytes held) : bytes(std::move(held)) {}

  std::uint64_t size_bytes() const override { return bytes.size(); }
  Result<void> read(std::uint64_t offset, std::span<std::byte> into) override {
    if (!lies_inside(offset, into.size(), bytes.size())) return Error{Errc::Invalid, Stop::Unspecified, "outside"};
    std::memcpy(into.data(), bytes.data() + offset, into.size());
    return {};
  }
  Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override {
    if (!lies_inside(offset, from.size(), bytes.size())) return Error{Errc::Invalid, Stop::Unspecified, "outside"};
    std::memcpy(bytes.data() + offset, from.data(), from.size());
    return {};
  }

  Bytes bytes;
};

}  // namespace relance
