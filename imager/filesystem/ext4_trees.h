#pragma once
// For the files of this folder only: folders of an opened ext file system, and what is taken out of them. What is taken out
// leaves nothing behind that an image would carry: no name in a folder's slack, no inode.

#include "imager/filesystem/edit_ext4.h"
#include "imager/filesystem/ext2_io.h"

namespace relance::ext2 {

Result<std::vector<FolderEntry>> list_folder(FileSystem& system, const std::string& path);
// A file, a link or a whole tree. Needs the bitmaps read.
Result<void> remove_tree(FileSystem& system, const std::string& path);
// Another content in the same file: owner, mode and names stay.
Result<void> rewrite_file(FileSystem& system, const std::string& path, std::span<const std::byte> content);

// As Ext4Editor has them.
Result<ExtentSet> blocks_behind(FileSystem& system, const std::string& path, std::uint64_t byte);
Result<void> write_head(FileSystem& system, const std::string& path, std::span<const std::byte> head);

}  // namespace relance::ext2
