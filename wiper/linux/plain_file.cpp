#include "wiper/linux/plain_file.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include <cerrno>

#include "wiper/linux/os_error.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestOnFat = std::uint64_t{4095} << 20;  // Its 32 bits hold 4 GiB - 1; in whole MiB.

Error failure(const std::string& what, int os_errno) {
  const bool is_full = os_errno == ENOSPC || os_errno == EDQUOT || os_errno == EFBIG;
  const Stop stop = is_full ? Stop::StickFull : os_errno == EROFS ? Stop::StickReadOnly : Stop::Unspecified;
  return {Errc::Io, stop, os_sentence(what, os_errno), os_errno};
}

}  // namespace

std::optional<std::uint64_t> largest_file_bytes(const std::string& folder) {
  struct statfs facts{};
  const bool is_fat = ::statfs(folder.c_str(), &facts) == 0 && facts.f_type == MSDOS_SUPER_MAGIC;
  return is_fat ? std::optional(kLargestOnFat) : std::nullopt;
}

Result<PlainFile> PlainFile::open(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) return Error{Errc::Invalid, Stop::Unspecified, os_sentence(path, errno), errno};
  struct stat facts{};
  if (::fstat(file.number(), &facts) != 0) return failure(path, errno);
  if (!S_ISREG(facts.st_mode)) return Error{Errc::Invalid, Stop::Unspecified, path + " is no regular file"};
  return PlainFile(std::move(file), static_cast<std::uint64_t>(facts.st_size), path);
}

Result<PlainFile> PlainFile::create(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.is_open() && errno == EEXIST) return Error{Errc::Refused, Stop::RecordTaken, path + " exists"};
  if (!file.is_open()) return failure(path, errno);
  return PlainFile(std::move(file), 0, path);
}

Result<void> PlainFile::read(std::uint64_t offset, std::span<std::byte> bytes) const {
  while (!bytes.empty()) {
    const ssize_t count = ::pread(file_.number(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(name_, errno);
    if (count == 0) return Error{Errc::Corrupt, Stop::Unspecified, name_ + " ends at byte " + std::to_string(offset)};
    offset += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> PlainFile::append(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(file_.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(name_, errno);
    size_ += static_cast<std::uint64_t>(count);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> PlainFile::sync() {
  if (::fsync(file_.number()) != 0) return failure(name_, errno);
  return {};
}

}  // namespace relance
