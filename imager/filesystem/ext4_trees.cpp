#include "imager/filesystem/ext4_trees.h"

#include <algorithm>

#include "imager/filesystem/ext4_files.h"

namespace relance::ext2 {
namespace {

constexpr std::size_t kMostEntries = 1'000'000;  // Of one folder; a hostile one may have no end.
constexpr unsigned kDeepest = 100;               // Folders in folders that are taken out together.
constexpr std::size_t kEntryHead = 8;            // inode, rec_len, name_len, file_type: the name follows.

Result<std::vector<FolderEntry>> entries_of(FileSystem& system, ext2_ino_t folder) {
  struct Walk {
    ext2_filsys fs;
    std::vector<FolderEntry> entries;
    bool too_many = false;
  } walk{system.get(), {}, false};
  const auto visit = [](ext2_ino_t, int, ext2_dir_entry* entry, int, int, char*, void* closure) -> int {
    auto& at = *static_cast<Walk*>(closure);
    const std::string name(static_cast<const char*>(entry->name),
                           static_cast<std::size_t>(ext2fs_dirent_name_len(entry)));
    if (name == "." || name == "..") return 0;
    at.too_many = at.entries.size() == kMostEntries;
    if (at.too_many) return DIRENT_ABORT;
    ext2_inode inode{};
    FolderEntry::Kind kind = FolderEntry::Kind::Other;
    if (ext2fs_read_inode(at.fs, entry->inode, &inode) == 0) {
      if (LINUX_S_ISREG(inode.i_mode)) kind = FolderEntry::Kind::File;
      if (LINUX_S_ISDIR(inode.i_mode)) kind = FolderEntry::Kind::Folder;
    }
    at.entries.push_back({name, kind});
    return 0;
  };
  TRY(system.check(ext2fs_dir_iterate2(system.get(), folder, 0, nullptr, visit, &walk), "reading a folder"));
  if (walk.too_many) return Error{Errc::Corrupt, Stop::ImageHostile, "a folder with too many names"};
  std::sort(walk.entries.begin(), walk.entries.end(),
            [](const auto& one, const auto& two) { return one.name < two.name; });
  return std::move(walk.entries);
}

constexpr std::size_t kRootTable = 32;  // Of a hashed folder: behind ".", ".." and eight bytes about the hash.
constexpr std::size_t kInnerTable = 8;  // Of its inner blocks: behind an unused entry that covers the block.

// The part of a hash tree's block that is not in use. dx_countlimit: u16 limit, u16 count, of entries of 8 bytes, itself one.
void scrub_table(std::span<char> block, std::size_t table) {
  if (table + 4 > block.size()) return;
  const auto bytes = std::as_bytes(std::span(block)).subspan(table);
  const std::size_t limit = load_le<std::uint16_t>(bytes);
  const std::size_t count = load_le<std::uint16_t>(bytes.subspan(2));
  const std::size_t end = std::min(table + 8 * limit, block.size());
  const std::size_t begin = std::min(table + 8 * std::max<std::size_t>(count, 1), end);
  std::fill(block.begin() + static_cast<std::ptrdiff_t>(begin), block.begin() + static_cast<std::ptrdiff_t>(end), '\0');
}

// Zeros where a folder's block holds no name: what was unlinked still stands there. The checksum at the end stays.
void scrub(ext2_filsys fs, std::span<char> block, bool is_hashed) {
  for (std::size_t at = 0; at + kEntryHead <= block.size();) {
    auto* const entry = reinterpret_cast<ext2_dir_entry*>(block.data() + at);
    unsigned length = 0;
    if (ext2fs_get_rec_len(fs, entry, &length) != 0 || length < kEntryHead || length > block.size() - at) return;
    const bool is_checksum =
        entry->inode == 0 && length == sizeof(ext2_dir_entry_tail) && entry->name_len == EXT2_DIR_NAME_LEN_CSUM;
    const bool is_inner_block = at == 0 && entry->inode == 0 && length == block.size();
    if (is_checksum) return;
    if (is_inner_block && is_hashed) return scrub_table(block, kInnerTable);
    const std::size_t name = entry->inode == 0 ? 0 : static_cast<std::size_t>(ext2fs_dirent_name_len(entry));
    if (kEntryHead + name < length)
      std::fill(block.begin() + static_cast<std::ptrdiff_t>(at + kEntryHead + name),
                block.begin() + static_cast<std::ptrdiff_t>(at + length), '\0');
    at += length;
  }
}

Result<void> scrub_folder(FileSystem& system, ext2_ino_t folder) {
  ext2_filsys fs = system.get();
  const ext2_inode inode = TRY(read_inode(system, folder));
  constexpr std::uint32_t kOtherNames = EXT4_CASEFOLD_FL | EXT4_ENCRYPT_FL | EXT4_INLINE_DATA_FL;
  if ((inode.i_flags & kOtherNames) != 0)
    return Error{Errc::Unsupported, Stop::MasterUnfit, "ext4: a folder whose names are stored in another way"};
  struct Walk {
    std::vector<std::pair<e2_blkcnt_t, blk64_t>> blocks;
  } walk;
  const auto visit = [](ext2_filsys, blk64_t* block, e2_blkcnt_t count, blk64_t, int, void* closure) -> int {
    if (count >= 0) static_cast<Walk*>(closure)->blocks.emplace_back(count, *block);
    return 0;
  };
  TRY(system.check(ext2fs_block_iterate3(fs, folder, BLOCK_FLAG_READ_ONLY, nullptr, visit, &walk),
                   "walking a folder's blocks"));
  const bool is_hashed = (inode.i_flags & EXT2_INDEX_FL) != 0;
  std::vector<char> block(fs->blocksize);
  for (const auto& [count, number] : walk.blocks) {
    TRY(system.check(ext2fs_read_dir_block4(fs, number, block.data(), 0, folder), "reading a folder's block"));
    if (is_hashed && count == 0)
      scrub_table(block, kRootTable);
    else
      scrub(fs, block, is_hashed);
    TRY(system.check(ext2fs_write_dir_block4(fs, number, block.data(), 0, folder), "writing a folder's block"));
  }
  return {};
}

// An inode that nothing names any more, with its blocks; nothing of it stays.
Result<void> release(FileSystem& system, ext2_ino_t number, const ext2_inode& inode) {
  ext2_filsys fs = system.get();
  ext2_inode copy = inode;
  if (ext2fs_inode_has_valid_blocks2(fs, &copy) != 0)
    TRY(system.check(ext2fs_punch(fs, number, nullptr, nullptr, 0, ~blk64_t{0}), "taking a file's blocks away"));
  TRY(system.check(ext2fs_free_ext_attr(fs, number, nullptr), "taking a file's attributes away"));
  std::vector<char> nothing(EXT2_INODE_SIZE(fs->super), '\0');
  TRY(system.check(ext2fs_write_inode_full(fs, number, reinterpret_cast<ext2_inode*>(nothing.data()),
                                           static_cast<int>(nothing.size())),
                   "clearing an inode"));
  ext2fs_inode_alloc_stats2(fs, number, -1, LINUX_S_ISDIR(inode.i_mode) ? 1 : 0);
  return {};
}

Result<void> remove_entry(FileSystem& system, ext2_ino_t folder, const std::string& name, unsigned depth);

Result<void> remove_entries(FileSystem& system, ext2_ino_t folder, unsigned depth) {
  if (depth == kDeepest) return Error{Errc::Corrupt, Stop::ImageHostile, "folders in folders without end"};
  const std::vector<FolderEntry> entries = TRY(entries_of(system, folder));
  for (const FolderEntry& entry : entries) TRY(remove_entry(system, folder, entry.name, depth + 1));
  return {};
}

Result<void> remove_entry(FileSystem& system, ext2_ino_t folder, const std::string& name, unsigned depth) {
  ext2_filsys fs = system.get();
  const ext2_ino_t number = TRY(look_up(system, folder, name));
  if (number == 0) return system.check(EXT2_ET_FILE_NOT_FOUND, "looking for " + name);
  ext2_inode inode = TRY(read_inode(system, number));
  const bool is_folder = LINUX_S_ISDIR(inode.i_mode);
  if (is_folder) TRY(remove_entries(system, number, depth));
  TRY(system.check(ext2fs_unlink(fs, folder, name.c_str(), number, 0), "taking " + name + " away"));
  if (is_folder) {
    ext2_inode parent = TRY(read_inode(system, folder));
    if (parent.i_links_count > 2) --parent.i_links_count;  // The ".." of the folder that goes.
    TRY(system.check(ext2fs_write_inode(fs, folder, &parent), "taking a folder away"));
    inode = TRY(read_inode(system, number));
    return release(system, number, inode);
  }
  if (inode.i_links_count > 1) {
    --inode.i_links_count;
    return system.check(ext2fs_write_inode(fs, number, &inode), "taking a name away");
  }
  return release(system, number, inode);
}

struct Split {
  std::string folder;
  std::string name;
};
Split split(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

}  // namespace

Result<std::vector<FolderEntry>> list_folder(FileSystem& system, const std::string& path) {
  const ext2_ino_t folder = TRY(find_inode(system, path));
  if (folder == 0) return std::vector<FolderEntry>();
  const ext2_inode inode = TRY(read_inode(system, folder));
  if (!LINUX_S_ISDIR(inode.i_mode)) return std::vector<FolderEntry>();
  return entries_of(system, folder);
}

Result<void> remove_tree(FileSystem& system, const std::string& path) {
  const Split place = split(path);
  const ext2_ino_t folder = TRY(find_inode(system, place.folder));
  if (folder == 0 || place.name.empty()) return Error{Errc::Invalid, Stop::Internal, "nothing at /" + path};
  TRY(remove_entry(system, folder, place.name, 0));
  return scrub_folder(system, folder);
}

namespace {

Result<void> write_file(FileSystem& system, const std::string& path, std::span<const std::byte> content,
                        Behind behind) {
  const ext2_ino_t number = TRY(find_regular(system, path));
  if (number == 0) return Error{Errc::Invalid, Stop::ImageHostile, "/" + path + " is no regular file"};
  return write_content(system, number, path, content, behind);
}

}  // namespace

Result<void> rewrite_file(FileSystem& system, const std::string& path, std::span<const std::byte> content) {
  return write_file(system, path, content, Behind::Goes);
}

Result<void> write_head(FileSystem& system, const std::string& path, std::span<const std::byte> head) {
  return write_file(system, path, head, Behind::Stays);
}

Result<ExtentSet> blocks_behind(FileSystem& system, const std::string& path, std::uint64_t byte) {
  const ext2_ino_t number = TRY(find_regular(system, path));
  if (number == 0) return ExtentSet{};
  struct Walk {
    e2_blkcnt_t from;
    std::uint64_t end;
    bool bad = false;
    ExtentSet blocks;
  };
  const std::uint32_t block_bytes = system.get()->blocksize;
  Walk walk{static_cast<e2_blkcnt_t>((byte + block_bytes - 1) / block_bytes), ext2fs_blocks_count(system.get()->super),
            false, ExtentSet{}};
  const auto visit = [](ext2_filsys, blk64_t* block, e2_blkcnt_t count, blk64_t, int, void* closure) -> int {
    auto& at = *static_cast<Walk*>(closure);
    at.bad = *block >= at.end;
    if (at.bad) return BLOCK_ABORT;
    if (count >= at.from) at.blocks.add({*block, 1});
    return 0;
  };
  const int flags = BLOCK_FLAG_DATA_ONLY | BLOCK_FLAG_READ_ONLY;
  TRY(system.check(ext2fs_block_iterate3(system.get(), number, flags, nullptr, visit, &walk), "walking /" + path));
  if (walk.bad) return Error{Errc::Corrupt, Stop::ImageHostile, "/" + path + " has blocks outside of the file system"};
  return std::move(walk.blocks);
}

}  // namespace relance::ext2
