#include "imager/filesystem/ext4_files.h"

#include <algorithm>

#include "imager/filesystem/ext4_map.h"

namespace relance::ext2 {
namespace {

struct Place {
  ext2_ino_t folder = 0;
  std::string name;
};

// A folder's block may be full: one more is added once.
template <class Act>
Result<void> in_folder(FileSystem& system, ext2_ino_t folder, const std::string& doing, Act act) {
  errcode_t code = act();
  if (code == EXT2_ET_DIR_NO_SPACE) {
    TRY(system.check(ext2fs_expand_dir(system.get(), folder), doing));
    code = act();
  }
  return system.check(code, doing);
}

// The folder of the path's last name; it is made if there is none.
Result<Place> make_place(FileSystem& system, const std::string& path) {
  Place place{EXT2_ROOT_INO, {}};
  std::size_t from = 0;
  for (std::size_t slash = path.find('/'); slash != std::string::npos; from = slash + 1, slash = path.find('/', from)) {
    const std::string name = path.substr(from, slash - from);
    ext2_ino_t next = TRY(look_up(system, place.folder, name));
    if (next == 0) {
      const ext2_ino_t folder = place.folder;
      TRY(in_folder(system, folder, "making the folder " + name,
                    [&] { return ext2fs_mkdir(system.get(), folder, 0, name.c_str()); }));
      next = TRY(look_up(system, place.folder, name));
    }
    const ext2_inode inode = TRY(read_inode(system, next));
    if (!LINUX_S_ISDIR(inode.i_mode))
      return Error{Errc::Invalid, Stop::ImageHostile, "/" + path + " leads through something that is no folder"};
    place.folder = next;
  }
  place.name = path.substr(from);
  return place;
}

// Takes the name away, and with its last name the file.
Result<void> drop(FileSystem& system, const Place& place, ext2_ino_t number) {
  ext2_inode inode = TRY(read_inode(system, number));
  if (LINUX_S_ISDIR(inode.i_mode)) return Error{Errc::Invalid, Stop::ImageHostile, place.name + " is a folder"};
  TRY(system.check(ext2fs_unlink(system.get(), place.folder, place.name.c_str(), number, 0), "taking a name away"));
  if (inode.i_links_count > 1) {
    --inode.i_links_count;
    return system.check(ext2fs_write_inode(system.get(), number, &inode), "taking a name away");
  }
  inode.i_links_count = 0;
  inode.i_dtime = static_cast<std::uint32_t>(system.get()->now);
  TRY(system.check(ext2fs_write_inode(system.get(), number, &inode), "taking a file away"));
  if (ext2fs_inode_has_valid_blocks2(system.get(), &inode) != 0)
    TRY(system.check(ext2fs_punch(system.get(), number, nullptr, nullptr, 0, ~blk64_t{0}),
                     "taking a file's blocks away"));
  inode = TRY(read_inode(system, number));
  TRY(system.check(ext2fs_free_ext_attr(system.get(), number, nullptr), "taking a file's attributes away"));
  ext2fs_inode_alloc_stats2(system.get(), number, -1, 0);
  return {};
}

Result<ext2_ino_t> make_file(FileSystem& system, const Place& place, std::uint16_t mode) {
  ext2_filsys fs = system.get();
  ext2_ino_t number = 0;
  TRY(system.check(ext2fs_new_inode(fs, place.folder, LINUX_S_IFREG | mode, nullptr, &number), "finding a free inode"));
  TRY(in_folder(system, place.folder, "naming a file",
                [&] { return ext2fs_link(fs, place.folder, place.name.c_str(), number, EXT2_FT_REG_FILE); }));
  ext2fs_inode_alloc_stats2(fs, number, +1, 0);

  ext2_inode inode{};
  const auto now = static_cast<std::uint32_t>(fs->now);
  inode.i_mode = static_cast<std::uint16_t>(LINUX_S_IFREG | mode);
  inode.i_atime = inode.i_ctime = inode.i_mtime = now;
  inode.i_links_count = 1;
  TRY(system.check(ext2fs_write_new_inode(fs, number, &inode), "writing an inode"));
  if (ext2fs_has_feature_extents(fs->super) == 0) return number;
  inode.i_flags &= ~static_cast<std::uint32_t>(EXT4_EXTENTS_FL);
  ext2_extent_handle_t handle = nullptr;
  TRY(system.check(ext2fs_extent_open2(fs, number, &inode, &handle), "making a file's extents"));
  ext2fs_extent_free(handle);
  TRY(system.check(ext2fs_write_inode(fs, number, &inode), "writing an inode"));
  return number;
}

}  // namespace

Result<ext2_inode> read_inode(FileSystem& system, ext2_ino_t number) {
  ext2_inode inode{};
  TRY(system.check(ext2fs_read_inode(system.get(), number, &inode), "reading an inode"));
  return inode;
}

Result<ext2_ino_t> look_up(FileSystem& system, ext2_ino_t folder, const std::string& name) {
  ext2_ino_t number = 0;
  const errcode_t code =
      ext2fs_lookup(system.get(), folder, name.data(), static_cast<int>(name.size()), nullptr, &number);
  if (code == EXT2_ET_FILE_NOT_FOUND) return ext2_ino_t{0};
  TRY(system.check(code, "looking for " + name));
  return number;
}

Result<ext2_ino_t> find_inode(FileSystem& system, const std::string& path) {
  ext2_ino_t at = EXT2_ROOT_INO;
  for (std::size_t from = 0; at != 0 && from < path.size();) {
    const std::size_t slash = std::min(path.find('/', from), path.size());
    const ext2_inode inode = TRY(read_inode(system, at));
    if (!LINUX_S_ISDIR(inode.i_mode)) return ext2_ino_t{0};
    at = TRY(look_up(system, at, path.substr(from, slash - from)));
    from = slash + 1;
  }
  return at;
}

Result<ext2_ino_t> find_regular(FileSystem& system, const std::string& path) {
  const ext2_ino_t number = TRY(find_inode(system, path));
  if (number == 0) return number;
  const ext2_inode inode = TRY(read_inode(system, number));
  return LINUX_S_ISREG(inode.i_mode) ? number : ext2_ino_t{0};
}

Result<void> write_content(FileSystem& system, ext2_ino_t number, const std::string& path,
                           std::span<const std::byte> content, Behind behind) {
  ext2_file_t file = nullptr;
  TRY(system.check(ext2fs_file_open(system.get(), number, EXT2_FILE_WRITE, &file), "opening /" + path));
  errcode_t code = behind == Behind::Goes ? ext2fs_file_set_size2(file, 0) : 0;
  while (code == 0 && !content.empty()) {
    unsigned int written = 0;
    code = ext2fs_file_write(file, content.data(), static_cast<unsigned int>(content.size()), &written);
    content = content.subspan(written);
  }
  const errcode_t closed = ext2fs_file_close(file);  // Writes the last block.
  return system.check(code != 0 ? code : closed, "writing /" + path);
}

Result<std::optional<Bytes>> read_file(FileSystem& system, const std::string& path, std::uint64_t limit) {
  const ext2_ino_t number = TRY(find_regular(system, path));
  if (number == 0) return std::optional<Bytes>();
  const ext2_inode inode = TRY(read_inode(system, number));
  const std::uint64_t size = EXT2_I_SIZE(&inode);
  if (size > limit) return Error{Errc::Corrupt, Stop::ImageHostile, "/" + path + " is larger than it should be"};

  Bytes content(static_cast<std::size_t>(size));
  ext2_file_t file = nullptr;
  TRY(system.check(ext2fs_file_open(system.get(), number, 0, &file), "opening /" + path));
  unsigned int read = 0;
  const errcode_t code = ext2fs_file_read(file, content.data(), static_cast<unsigned int>(size), &read);
  (void)ext2fs_file_close(file);  // It was only read.
  TRY(system.check(code, "reading /" + path));
  if (read != size) return Error{Errc::Corrupt, Stop::ImageHostile, "/" + path + " ends before its size"};
  return std::optional<Bytes>(std::move(content));
}

Result<ExtentSet> put_file(FileSystem& system, const FileWish& wish) {
  const Place place = TRY(make_place(system, wish.path));
  const ext2_ino_t old = TRY(look_up(system, place.folder, place.name));
  if (old != 0) TRY(drop(system, place, old));
  const ext2_ino_t number = TRY(make_file(system, place, wish.mode));
  TRY(write_content(system, number, wish.path, wish.content, Behind::Stays));
  return blocks_of(system, number);
}

}  // namespace relance::ext2
