#pragma once
// Sparse memory under a descriptor (memfd_create).

#include <memory>

#include "wiper/base/tools.h"
#include "wiper/linux/descriptor.h"

namespace relance {

class LinuxMemoryFile : public MemoryFile {
 public:
  static Result<std::unique_ptr<LinuxMemoryFile>> make(std::uint64_t size_bytes);

  std::uint64_t size_bytes() const override { return size_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const override;
  Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override;
  Result<std::vector<ByteExtent>> data_extents() const override;
  std::string path() const override { return "/proc/self/fd/" + std::to_string(file_.number()); }

  int descriptor() const { return file_.number(); }  // For the child of wiper/linux/tools only.

 private:
  LinuxMemoryFile(Descriptor file, std::uint64_t size_bytes) : file_(std::move(file)), size_(size_bytes) {}
  Result<void> check(std::uint64_t offset, std::size_t count) const;

  Descriptor file_;
  std::uint64_t size_;
};

}  // namespace relance
