#pragma once
// For the files of this folder only: regular files of an opened ext file system, found, read and put.

#include <optional>

#include "imager/filesystem/ext2_io.h"
#include "imager/filesystem/refit_ext4.h"

namespace relance::ext2 {

Result<ext2_inode> read_inode(FileSystem& system, ext2_ino_t number);

// Of that name in a folder, at that path, and a regular file at that path. 0: there is none.
Result<ext2_ino_t> look_up(FileSystem& system, ext2_ino_t folder, const std::string& name);
Result<ext2_ino_t> find_inode(FileSystem& system, const std::string& path);
Result<ext2_ino_t> find_regular(FileSystem& system, const std::string& path);

// From the file's beginning; what lies behind stays, or goes first. `path`: for the error.
enum class Behind : std::uint8_t { Stays, Goes };
Result<void> write_content(FileSystem& system, ext2_ino_t number, const std::string& path,
                           std::span<const std::byte> content, Behind behind);

Result<std::optional<Bytes>> read_file(FileSystem& system, const std::string& path, std::uint64_t limit);

// Needs the bitmaps read. Returns the blocks that hold the new content. Invalid: the path leads through something that is
// no folder.
Result<ExtentSet> put_file(FileSystem& system, const FileWish& wish);

}  // namespace relance::ext2
