#pragma once
// A file system in memory, for tests: made by mke2fs, mkfs.fat and the like in a temporary folder, then damaged by hand.

#include <algorithm>
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
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return {};
  }
  Result<void> write(std::uint64_t offset, std::span<const std::byte> from) override {
    if (!lies_inside(offset, from.size(), bytes.size())) return Error{Errc::Invalid, Stop::Unspecified, "outside"};
    std::copy(from.begin(), from.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    return {};
  }

  Bytes bytes;
};

}  // namespace relance
