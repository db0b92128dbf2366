#pragma once
// For the files of this folder only: libext2fs on our own bytes. It opens no path and no drive; what it reads goes through
// a ByteReader, what it writes into a ByteStore (of memory).

#include <ext2fs/ext2fs.h>

#include <memory>
#include <string>

#include "imager/filesystem/byte_reader.h"

namespace relance::ext2 {

struct Below;  // The bytes under an opened file system, and what went wrong with them.

// An opened ext2, ext3 or ext4. One thread at a time; `bytes` outlives it.
class FileSystem {
 public:
  // Superblock and group descriptors were read; bitmaps were not. Stop::ImageHostile: not an ext file system that libext2fs
  // reads, or one whose lengths make no sense. Otherwise the error of the ByteReader.
  static Result<FileSystem> open(ByteReader& bytes) { return open(bytes, nullptr); }
  // The same for writing. What was changed is in `bytes` once close() said so.
  static Result<FileSystem> open(ByteStore& bytes) { return open(bytes, &bytes); }

  FileSystem(FileSystem&&) noexcept;
  FileSystem& operator=(FileSystem&&) noexcept;
  ~FileSystem();

  // Writes superblock, group descriptors and bitmaps as far as they changed, and ends it. Destroying it writes nothing.
  Result<void> close();

  ext2_filsys get() const { return held_.get(); }
  ext2_super_block& super() const { return *held_->super; }

  // Nothing if code is 0; else what libext2fs said, or the ByteReader's own Error if that was the cause.
  Result<void> check(errcode_t code, const std::string& doing) const;

 private:
  struct Free {
    void operator()(struct_ext2_filsys* handle) const { ext2fs_free(handle); }
  };
  FileSystem(std::unique_ptr<Below> below, struct_ext2_filsys* handle);
  static Result<FileSystem> open(ByteReader& bytes, ByteStore* store);

  std::unique_ptr<Below> below_;  // Outlives the handle.
  std::unique_ptr<struct_ext2_filsys, Free> held_;
};

}  // namespace relance::ext2
