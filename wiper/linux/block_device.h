#pragma once
// A physical drive, a loop device or a regular file as blocks, through direct I/O.
//
// Who may write holds the drive: O_EXCL on a block device (refused by the kernel while it or a partition of it is
// mounted, swapped on or held), a write lock of the open file description on a regular file. Never O_CREAT, and never a
// second try with shared access. One open for writing, whatever happens: scripts count them.

#include <memory>
#include <string>

#include "wiper/device/block_device.h"

namespace relance {

struct OpenedDrive {  // What is known from the descriptor itself.
  Geometry geometry;
  bool is_file = false;
  bool reads_cached = false;        // The file system has no direct I/O here: reads come through the cache.
  std::uint64_t device_number = 0;  // st_rdev; of a file st_dev. As long as it is open nobody else gets that number.
  std::uint64_t file_number = 0;    // st_ino of a file.
};

class LinuxBlocks;

class LinuxBlockReader : public BlockReader {
 public:
  // Beside whoever holds it. Errors: NoDrive, NotADrive, OddSize, BlockFormat, DriveReadOnly (no right to open it).
  static Result<std::unique_ptr<LinuxBlockReader>> open(const std::string& path);
  ~LinuxBlockReader() override;

  Geometry geometry() const override;
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;
  const OpenedDrive& opened() const;

 private:
  explicit LinuxBlockReader(std::unique_ptr<LinuxBlocks> blocks);
  std::unique_ptr<LinuxBlocks> blocks_;
};

class LinuxBlockDevice : public BlockDevice {
 public:
  // Besides the reader's errors: Busy (DriveHeld, DriveMounted), DriveReadOnly, NotADrive also for a partition.
  static Result<std::unique_ptr<LinuxBlockDevice>> open(const std::string& path);
  ~LinuxBlockDevice() override;

  Geometry geometry() const override;
  Result<void> read(LbaRange range, std::span<std::byte> bytes) override;
  Result<void> write(LbaRange range, std::span<const std::byte> bytes) override;
  Result<void> flush() override;
  const OpenedDrive& opened() const;

 private:
  explicit LinuxBlockDevice(std::unique_ptr<LinuxBlocks> blocks);
  std::unique_ptr<LinuxBlocks> blocks_;
};

}  // namespace relance
