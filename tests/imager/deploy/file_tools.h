#pragma once
// Memory files as sparse files in a folder, for a test that links no wiper/linux: libparted opens them by their path. There
// are no programs here.

#include <fcntl.h>
#include <unistd.h>

#include "tests/support/shell.h"
#include "wiper/base/tools.h"

namespace relance {

class FileTools : public Tools {
 public:
  Result<std::unique_ptr<MemoryFile>> make_memory_file(std::uint64_t size_bytes) override {
    return std::unique_ptr<MemoryFile>(
        std::make_unique<File>((folder_.path() / std::to_string(++count_)).string(), size_bytes));
  }
  Result<ToolResult> run(const ToolRequest& request) override {
    return Error{Errc::Unsupported, Stop::ToolFailed, request.program + " in a test that wants none"};
  }

 private:
  class File : public MemoryFile {
   public:
    File(std::string path, std::uint64_t size)
        : path_(std::move(path)), size_(size), descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
      require(descriptor_ >= 0 && ::ftruncate(descriptor_, static_cast<off_t>(size)) == 0, "no file for a test");
    }
    ~File() override { ::close(descriptor_); }
    std::uint64_t size_bytes() const override { return size_; }
    Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const override {
      const auto count = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      require(count == static_cast<ssize_t>(bytes.size()), "a test's file is not read");
      return {};
    }
    Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) override {
      const auto count = ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
      require(count == static_cast<ssize_t>(bytes.size()), "a test's file is not written");
      return {};
    }
    Result<std::vector<ByteExtent>> data_extents() const override { return std::vector<ByteExtent>{{0, size_}}; }
    std::string path() const override { return path_; }

   private:
    std::string path_;
    std::uint64_t size_;
    int descriptor_;
  };

  TemporaryFolder folder_;
  unsigned count_ = 0;
};

}  // namespace relance
