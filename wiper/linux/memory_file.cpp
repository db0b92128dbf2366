#include "wiper/linux/memory_file.h"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "wiper/linux/os_error.h"

namespace relance {
namespace {

Error memory_error(const std::string& what, int os_errno) {
  const bool full = os_errno == ENOMEM || os_errno == ENOSPC;
  return {Errc::Io, full ? Stop::NoMemory : Stop::Internal, os_sentence("memory file: " + what, os_errno), os_errno};
}

}  // namespace

Result<std::unique_ptr<LinuxMemoryFile>> LinuxMemoryFile::make(std::uint64_t size_bytes) {
  if (size_bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()))
    return Error{Errc::Invalid, Stop::Internal, "a memory file of " + std::to_string(size_bytes) + " bytes"};
  Descriptor file(::memfd_create("relance", MFD_CLOEXEC));
  if (!file.is_open()) return memory_error("create", errno);
  if (::ftruncate(file.number(), static_cast<off_t>(size_bytes)) != 0) return memory_error("size", errno);
  return std::unique_ptr<LinuxMemoryFile>(new LinuxMemoryFile(std::move(file), size_bytes));
}

Result<void> LinuxMemoryFile::check(std::uint64_t offset, std::size_t count) const {
  if (offset <= size_ && count <= size_ - offset) return {};
  return Error{Errc::Invalid, Stop::Internal, "memory file: outside of its " + std::to_string(size_) + " bytes"};
}

Result<void> LinuxMemoryFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  TRY(check(offset, bytes.size()));
  while (!bytes.empty()) {
    const ssize_t count = ::pread(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return memory_error("read", errno);
    if (count == 0) {  // A tool made it shorter: what is not there is zero.
      std::fill(bytes.begin(), bytes.end(), std::byte{0});
      return {};
    }
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<void> LinuxMemoryFile::write(std::uint64_t offset, std::span<const std::byte> bytes) {
  TRY(check(offset, bytes.size()));
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return memory_error("write", count < 0 ? errno : ENOSPC);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += static_cast<std::uint64_t>(count);
  }
  return {};
}

Result<std::vector<ByteExtent>> LinuxMemoryFile::data_extents() const {
  std::vector<ByteExtent> extents;
  off_t hole = 0;
  while (static_cast<std::uint64_t>(hole) < size_) {
    const off_t data = ::lseek(file_.number(), hole, SEEK_DATA);
    if (data < 0 && errno == ENXIO) break;  // Nothing but zeros up to the end.
    if (data < 0) return memory_error("find data", errno);
    hole = ::lseek(file_.number(), data, SEEK_HOLE);
    if (hole < 0) return memory_error("find a hole", errno);
    const auto end = std::min(static_cast<std::uint64_t>(hole), size_);  // A tool may have made it longer.
    const auto first = static_cast<std::uint64_t>(data);
    if (first < end) extents.push_back({.offset = first, .size = end - first});
  }
  return extents;
}

}  // namespace relance
