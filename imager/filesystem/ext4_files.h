#pragma once
// For the files of this folder only: regular files of an opened ext file system, read and put.

#include <optional>

#include "imager/filesystem/ext2_io.h"
#include "imager/filesystem/refit_ext4.h"

namespace relance::ext2 {

Result<std::optional<Bytes>> read_file(FileSystem& system, const std::string& path, std::uint64_t limit);

// Needs the bitmaps read. Returns the blocks that hold the new content. Invalid: the path leads through something that is
// no folder.
Result<ExtentSet> put_file(FileSystem& system, const FileWish& wish);

}  // namespace relance::ext2
