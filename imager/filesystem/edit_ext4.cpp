#include "imager/filesystem/edit_ext4.h"

#include <algorithm>

#include "imager/filesystem/ext4_files.h"
#include "imager/filesystem/ext4_trees.h"

namespace relance {

struct Ext4Editor::Held {
  ext2::FileSystem system;
};

Ext4Editor::Ext4Editor(std::unique_ptr<Held> held) : held_(std::move(held)) {}
Ext4Editor::~Ext4Editor() = default;

Result<std::unique_ptr<Ext4Editor>> Ext4Editor::open(ByteStore& bytes) {
  ext2::FileSystem system = TRY(ext2::FileSystem::open(bytes));
  auto held = std::make_unique<Held>(std::move(system));
  ext2_filsys fs = held->system.get();
  TRY(held->system.check(ext2fs_read_bitmaps(fs), "reading the bitmaps"));
  const ext2_super_block& super = held->system.super();
  fs->now = std::max({super.s_mtime, super.s_wtime, super.s_mkfs_time, std::uint32_t{1}});  // The master's own time.
  return std::unique_ptr<Ext4Editor>(new Ext4Editor(std::move(held)));
}

Result<std::vector<FolderEntry>> Ext4Editor::list(const std::string& folder) {
  return ext2::list_folder(held_->system, folder);
}

Result<std::optional<Bytes>> Ext4Editor::read(const std::string& path, std::uint64_t limit) {
  return ext2::read_file(held_->system, path, limit);
}

Result<ExtentSet> Ext4Editor::blocks_behind(const std::string& path, std::uint64_t byte) {
  return ext2::blocks_behind(held_->system, path, byte);
}

Result<bool> Ext4Editor::remove(const std::string& path) {
  const ext2_ino_t inode = TRY(ext2::find_inode(held_->system, path));
  if (inode == 0) return false;
  TRY(ext2::remove_tree(held_->system, path));
  return true;
}

Result<void> Ext4Editor::write(const std::string& path, std::span<const std::byte> content) {
  const ext2_ino_t inode = TRY(ext2::find_inode(held_->system, path));
  if (inode != 0) return ext2::rewrite_file(held_->system, path, content);
  TRY(ext2::put_file(held_->system, {path, Bytes(content.begin(), content.end()), 0644}));
  return {};
}

Result<void> Ext4Editor::write_head(const std::string& path, std::span<const std::byte> head) {
  return ext2::write_head(held_->system, path, head);
}

Result<void> Ext4Editor::close() { return held_->system.close(); }

}  // namespace relance
