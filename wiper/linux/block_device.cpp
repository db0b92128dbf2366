#include "wiper/linux/block_device.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <bit>
#include <cerrno>
#include <fstream>
#include <limits>

#include "wiper/device/block_buffer.h"
#include "wiper/discover/block_facts.h"
#include "wiper/linux/descriptor.h"
#include "wiper/linux/file_uses.h"
#include "wiper/linux/os_error.h"

namespace relance {
namespace {

constexpr std::uint32_t kFileLogicalBytes = 512;  // What most drives say, so that an image made on one fits the other.
constexpr std::uint32_t kFilePhysicalBytes = 4096;  // A page: less makes the file system read before it writes.
constexpr std::uint32_t kSmallestBlock = 512;

enum class Access { Read, Hold };

std::string sysfs_of(dev_t number) {
  return "/sys/dev/block/" + std::to_string(major(number)) + ":" + std::to_string(minor(number));
}

std::string blocks_sentence(const char* what, LbaRange range) {
  return std::string(what) + " of " + std::to_string(range.count) + " blocks at LBA " + std::to_string(range.first);
}

// Direct I/O as the file system itself describes it; where it cannot say (before Linux 6.1), as open() answers.
// Some take the flag and cache all the same, which only statx tells.
bool takes_direct_io(const std::string& path) {
  const Descriptor probe(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC));
  if (!probe.is_open()) return false;
#if defined(STATX_DIOALIGN)
  struct statx facts{};
  if (::statx(probe.number(), "", AT_EMPTY_PATH, STATX_DIOALIGN, &facts) == 0 && (facts.stx_mask & STATX_DIOALIGN) != 0)
    return facts.stx_dio_offset_align != 0 && facts.stx_dio_offset_align <= kFileLogicalBytes &&
           facts.stx_dio_mem_align <= kFileLogicalBytes;
#endif
  return true;
}

Result<void> lock_file(const Descriptor& descriptor, const std::string& path) {
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;  // From 0, length 0: the whole file.
  if (::fcntl(descriptor.number(), F_OFD_SETLK, &lock) == 0) return {};
  if (errno == EAGAIN || errno == EACCES)
    return Error{Errc::Busy, Stop::DriveHeld, path + " is locked by another program", errno};
  return Error{Errc::Refused, Stop::DriveHeld, os_sentence("lock " + path, errno), errno};
}

// The kernel guards block devices; what lies on a file, a loop device or swap, nobody guards but us.
Result<void> refuse_if_in_use(const std::string& path) {
  const std::vector<Use> uses = uses_of_file(path);
  if (uses.empty()) return {};
  return Error{Errc::Busy, Stop::DriveHeld, path + " is used by " + uses.front().what};
}

Result<Geometry> file_geometry(const struct stat& facts, const std::string& path) {
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (size == 0) return Error{Errc::Invalid, Stop::NotADrive, path + " is an empty file"};
  if (size % kFileLogicalBytes != 0)
    return Error{Errc::Invalid, Stop::OddSize,
                 path + " has " + std::to_string(size) + " bytes: no whole number of 512-byte blocks"};
  return Geometry{.block_count = size / kFileLogicalBytes,
                  .logical_bytes = kFileLogicalBytes,
                  .physical_bytes = kFilePhysicalBytes};
}

Result<Geometry> device_geometry(const Descriptor& descriptor, const std::string& path) {
  std::uint64_t size = 0;
  int logical = 0;
  unsigned physical = 0;
  if (::ioctl(descriptor.number(), BLKGETSIZE64, &size) != 0 || ::ioctl(descriptor.number(), BLKSSZGET, &logical) != 0)
    return open_error("geometry of " + path, errno);
  if (::ioctl(descriptor.number(), BLKPBSZGET, &physical) != 0)
    physical = 0;  // Only a hint: the logical size does, too.
  if (size == 0)
    return Error{Errc::Gone, Stop::NoDrive, path + " has no medium, or a block format that Linux does not take"};

  const auto block = static_cast<std::uint32_t>(logical);
  if (logical < static_cast<int>(kSmallestBlock) || block > kBufferAlignment || !std::has_single_bit(block))
    return Error{Errc::Unsupported, Stop::BlockFormat, path + " has blocks of " + std::to_string(logical) + " bytes"};
  if (size % block != 0)
    return Error{Errc::Invalid, Stop::OddSize,
                 path + " has " + std::to_string(size) + " bytes: no whole number of blocks"};
  return Geometry{
      .block_count = size / block, .logical_bytes = block, .physical_bytes = usable_physical_bytes(physical, block)};
}

// A controller that has given up answers EIO to everything; its state tells it from a bad block.
bool has_given_up(dev_t number) {
  std::ifstream file(sysfs_of(number) + "/device/state");
  std::string state;
  return file >> state && (state == "offline" || state == "transport-offline" || state == "dead" ||
                           state == "deleting" || state.starts_with("deleting"));
}

}  // namespace

// What reader and device share: a descriptor and its geometry. The public types decide what may be asked of it.
class LinuxBlocks {
 public:
  static Result<std::unique_ptr<LinuxBlocks>> open(const std::string& path, Access access);

  const OpenedDrive& opened() const { return opened_; }
  Result<void> read(LbaRange range, std::span<std::byte> bytes);
  Result<void> write(LbaRange range, std::span<const std::byte> bytes);
  Result<void> flush();

 private:
  LinuxBlocks(Descriptor descriptor, std::string path, OpenedDrive opened)
      : descriptor_(std::move(descriptor)), path_(std::move(path)), opened_(opened) {}

  Result<void> check(LbaRange range, std::span<const std::byte> bytes) const;
  off_t offset_of(LbaRange range) const { return static_cast<off_t>(range.first * opened_.geometry.logical_bytes); }
  Error failure(const std::string& what, int os_errno) const;
  bool is_gone() const;

  Descriptor descriptor_;
  std::string path_;
  OpenedDrive opened_;
};

Result<std::unique_ptr<LinuxBlocks>> LinuxBlocks::open(const std::string& path, Access access) {
  // Asked by name first: opening a FIFO or a tape would already do something.
  struct stat named{};
  if (::stat(path.c_str(), &named) != 0) return open_error(path, errno);
  if (!S_ISBLK(named.st_mode) && !S_ISREG(named.st_mode))
    return Error{Errc::Invalid, Stop::NotADrive, path + " is neither a block device nor a regular file"};
  const bool is_file = S_ISREG(named.st_mode);
  const bool direct = !is_file || takes_direct_io(path);
  if (access == Access::Hold && !is_file && ::access((sysfs_of(named.st_rdev) + "/partition").c_str(), F_OK) == 0)
    return Error{Errc::Invalid, Stop::NotADrive, path + " is a partition: name the whole drive"};

  const int flags = O_CLOEXEC | (access == Access::Hold ? O_RDWR | O_EXCL : O_RDONLY) | (direct ? O_DIRECT : 0);
  Descriptor descriptor(::open(path.c_str(), flags));
  if (!descriptor.is_open()) return open_error(path, errno);
  struct stat facts{};
  if (::fstat(descriptor.number(), &facts) != 0) return open_error(path, errno);
  if (facts.st_dev != named.st_dev || facts.st_ino != named.st_ino || facts.st_rdev != named.st_rdev)
    return Error{Errc::Gone, Stop::DriveChanged, path + " became another one while it was opened"};

  int read_only = 0;
  if (access == Access::Hold && !is_file && ::ioctl(descriptor.number(), BLKROGET, &read_only) == 0 && read_only != 0)
    return Error{Errc::Refused, Stop::DriveReadOnly, path + " is write-protected"};
  if (access == Access::Hold && is_file) {
    TRY(lock_file(descriptor, path));
    TRY(refuse_if_in_use(path));
  }

  const Geometry geometry = TRY(is_file ? file_geometry(facts, path) : device_geometry(descriptor, path));
  const OpenedDrive opened{.geometry = geometry,
                           .is_file = is_file,
                           .reads_cached = !direct,
                           .device_number = is_file ? facts.st_dev : facts.st_rdev,
                           .file_number = is_file ? facts.st_ino : 0};
  return std::unique_ptr<LinuxBlocks>(new LinuxBlocks(std::move(descriptor), path, opened));
}

Result<void> LinuxBlocks::check(LbaRange range, std::span<const std::byte> bytes) const {
  require(reinterpret_cast<std::uintptr_t>(bytes.data()) % opened_.geometry.logical_bytes == 0,
          "block I/O from unaligned memory");
  require(bytes.size() % opened_.geometry.logical_bytes == 0 &&
              bytes.size() / opened_.geometry.logical_bytes == range.count,
          "block I/O with a buffer of another length");
  const bool wraps = range.count > std::numeric_limits<std::uint64_t>::max() - range.first;
  if (wraps || !opened_.geometry.whole().covers(range))
    return Error{Errc::Invalid, Stop::Internal, blocks_sentence("access", range) + ": outside of " + path_};
  return {};
}

Result<void> LinuxBlocks::read(LbaRange range, std::span<std::byte> bytes) {
  TRY(check(range, bytes));
  off_t offset = offset_of(range);
  if (opened_.reads_cached)  // Clean pages go, so that it is read from the medium. Advice: a refusal changes nothing.
    (void)::posix_fadvise(descriptor_.number(), offset, static_cast<off_t>(bytes.size()), POSIX_FADV_DONTNEED);
  while (!bytes.empty()) {
    const ssize_t count = ::pread(descriptor_.number(), bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(blocks_sentence("read", range), errno);
    if (count == 0) return failure(blocks_sentence("read", range) + " ended early", 0);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += count;
  }
  return {};
}

Result<void> LinuxBlocks::write(LbaRange range, std::span<const std::byte> bytes) {
  TRY(check(range, bytes));
  off_t offset = offset_of(range);
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(descriptor_.number(), bytes.data(), bytes.size(), offset);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failure(blocks_sentence("write", range), errno);
    if (count == 0) return failure(blocks_sentence("write", range) + " ended early", 0);
    bytes = bytes.subspan(static_cast<std::size_t>(count));
    offset += count;
  }
  return {};
}

Result<void> LinuxBlocks::flush() {
  for (;;) {
    // A file's times need not be there. On a block device fsync also sends the cache flush to the drive.
    if ((opened_.is_file ? ::fdatasync(descriptor_.number()) : ::fsync(descriptor_.number())) == 0) return {};
    if (errno != EINTR) return failure("flush", errno);
  }
}

// os_errno 0: the call said yes and moved nothing.
Error LinuxBlocks::failure(const std::string& what, int os_errno) const {
  const std::string sentence = path_ + ": " + what;
  if (is_gone())
    return {Errc::Gone, Stop::DriveGone, os_sentence(sentence + ": the drive is gone", os_errno), os_errno};
  if (os_errno == 0) return {Errc::Io, Stop::DriveSick, sentence, 0};
  return opened_.is_file ? file_drive_error(sentence, os_errno) : device_error(sentence, os_errno);
}

// A removed drive stays open but has size 0. Asked only after an error.
bool LinuxBlocks::is_gone() const {
  const std::uint64_t wanted = opened_.geometry.size_bytes();
  if (opened_.is_file) {
    struct stat facts{};
    return ::fstat(descriptor_.number(), &facts) != 0 || static_cast<std::uint64_t>(facts.st_size) < wanted;
  }
  std::uint64_t size = 0;
  return ::ioctl(descriptor_.number(), BLKGETSIZE64, &size) != 0 || size < wanted ||
         has_given_up(opened_.device_number);
}

LinuxBlockReader::LinuxBlockReader(std::unique_ptr<LinuxBlocks> blocks) : blocks_(std::move(blocks)) {}
LinuxBlockReader::~LinuxBlockReader() = default;
Result<std::unique_ptr<LinuxBlockReader>> LinuxBlockReader::open(const std::string& path) {
  auto blocks = TRY(LinuxBlocks::open(path, Access::Read));
  return std::unique_ptr<LinuxBlockReader>(new LinuxBlockReader(std::move(blocks)));
}
Geometry LinuxBlockReader::geometry() const { return blocks_->opened().geometry; }
Result<void> LinuxBlockReader::read(LbaRange range, std::span<std::byte> bytes) { return blocks_->read(range, bytes); }
const OpenedDrive& LinuxBlockReader::opened() const { return blocks_->opened(); }

LinuxBlockDevice::LinuxBlockDevice(std::unique_ptr<LinuxBlocks> blocks) : blocks_(std::move(blocks)) {}
LinuxBlockDevice::~LinuxBlockDevice() = default;
Result<std::unique_ptr<LinuxBlockDevice>> LinuxBlockDevice::open(const std::string& path) {
  auto blocks = TRY(LinuxBlocks::open(path, Access::Hold));
  return std::unique_ptr<LinuxBlockDevice>(new LinuxBlockDevice(std::move(blocks)));
}
Geometry LinuxBlockDevice::geometry() const { return blocks_->opened().geometry; }
Result<void> LinuxBlockDevice::read(LbaRange range, std::span<std::byte> bytes) { return blocks_->read(range, bytes); }
Result<void> LinuxBlockDevice::write(LbaRange range, std::span<const std::byte> bytes) {
  return blocks_->write(range, bytes);
}
Result<void> LinuxBlockDevice::flush() { return blocks_->flush(); }
const OpenedDrive& LinuxBlockDevice::opened() const { return blocks_->opened(); }

}  // namespace relance
