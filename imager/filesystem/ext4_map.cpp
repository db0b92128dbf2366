#include "imager/filesystem/ext4_map.h"

#include <algorithm>
#include <vector>

namespace relance::ext2 {
namespace {

Error hostile(const char* what) { return {Errc::Corrupt, Stop::ImageHostile, std::string("ext file system: ") + what}; }

// One after another: ExtentSet::add in the middle of a large set is slow, so neighbours are joined first.
class Collector {
 public:
  void add(LbaRange range) {
    if (range.empty()) return;
    if (!ranges_.empty() && ranges_.back().end() == range.first)
      ranges_.back().count += range.count;
    else
      ranges_.push_back(range);
  }
  ExtentSet take() {
    std::sort(ranges_.begin(), ranges_.end());
    ExtentSet set;
    for (const LbaRange range : ranges_) set.add(range);
    return set;
  }

 private:
  std::vector<LbaRange> ranges_;
};

class Mapper {
 public:
  explicit Mapper(FileSystem& system) : system_(system), fs_(system.get()), end_(ext2fs_blocks_count(fs_->super)) {}
  Result<Map> map();

 private:
  Result<ExtentSet> used_blocks();
  void add_group(dgrp_t group);
  Result<void> add_inodes();
  Result<void> add_inode(ext2_ino_t number, ext2_inode_large& inode);
  bool is_metadata(ext2_ino_t number, ext2_inode_large& inode) const;
  Result<std::vector<std::string>> names_in(ext2_ino_t directory);
  Result<void> note_file(ext2_ino_t number, const ext2_inode_large& inode, const Sha256Digest& places);
  Sha256Digest files_digest();

  void add(LbaRange range, bool is_live) {
    metadata_.add(range);
    if (is_live) live_.add(range);
  }

  FileSystem& system_;
  ext2_filsys fs_;
  std::uint64_t end_;
  Collector metadata_;
  Collector live_;
  std::vector<Sha256Digest> files_;
};

Result<Map> Mapper::map() {
  Map map;
  TRY(system_.check(ext2fs_read_bitmaps(fs_), "reading its bitmaps"));
  map.used = TRY(used_blocks());
  add({0, fs_->super->s_first_data_block + 1}, true);  // Boot block and superblock, whatever the size of blocks.
  for (dgrp_t group = 0; group < fs_->group_desc_count; ++group) add_group(group);
  TRY(add_inodes());
  map.metadata = metadata_.take();
  map.live = live_.take();
  if (!map.metadata.ranges().empty() && map.metadata.ranges().back().end() > end_)
    return hostile("blocks behind its end");
  map.files = files_digest();
  return map;
}

Result<ExtentSet> Mapper::used_blocks() {
  Collector used;
  used.add({0, fs_->super->s_first_data_block});
  for (blk64_t at = fs_->super->s_first_data_block; at < end_;) {
    blk64_t first = 0;
    blk64_t behind = end_;
    if (ext2fs_find_first_set_block_bitmap2(fs_->block_map, at, end_ - 1, &first) != 0) break;
    first = std::max(first, at);
    if (ext2fs_find_first_zero_block_bitmap2(fs_->block_map, first, end_ - 1, &behind) != 0) behind = end_;
    if (behind <= first) return hostile("a block bitmap that makes no sense");
    used.add(range_between(first, behind));
    at = behind;
  }
  return used.take();
}

void Mapper::add_group(dgrp_t group) {
  blk64_t super = 0;
  blk64_t old_descriptors = 0;
  blk64_t new_descriptor = 0;
  blk_t ignored = 0;
  (void)ext2fs_super_and_bgd_loc2(fs_, group, &super, &old_descriptors, &new_descriptor,
                                  &ignored);  // An error leaves zeros.
  if (super != 0) add({super, 1}, true);
  if (old_descriptors != 0) {
    const std::uint64_t all = ext2fs_has_feature_meta_bg(fs_->super) ? fs_->super->s_first_meta_bg : fs_->desc_blocks;
    add({old_descriptors, all + fs_->super->s_reserved_gdt_blocks}, true);
  }
  if (new_descriptor != 0) add({new_descriptor, 1}, true);

  const bool has_checksums = ext2fs_has_group_desc_csum(fs_) != 0;
  const auto is_made = [&](std::uint16_t flag) {
    return !has_checksums || ext2fs_bg_flags_test(fs_, group, flag) == 0;
  };
  add({ext2fs_block_bitmap_loc(fs_, group), 1}, is_made(EXT2_BG_BLOCK_UNINIT));
  add({ext2fs_inode_bitmap_loc(fs_, group), 1}, is_made(EXT2_BG_INODE_UNINIT));
  const std::uint64_t table = ext2fs_inode_table_loc(fs_, group);
  const std::uint64_t in_use = inode_blocks_in_use(fs_, group);
  add({table, in_use}, true);
  add({table + in_use, fs_->inode_blocks_per_group - in_use}, false);
}

Result<void> Mapper::add_inodes() {
  ext2_inode_scan scan = nullptr;
  TRY(system_.check(ext2fs_open_inode_scan(fs_, 0, &scan), "reading its inodes"));
  const std::unique_ptr<ext2_struct_inode_scan, decltype(&ext2fs_close_inode_scan)> closing(scan,
                                                                                            ext2fs_close_inode_scan);
  for (;;) {
    ext2_ino_t number = 0;
    ext2_inode_large inode{};
    TRY(system_.check(ext2fs_get_next_inode_full(scan, &number, reinterpret_cast<ext2_inode*>(&inode), sizeof inode),
                      "reading its inodes"));
    if (number == 0) return {};
    const bool is_special = number < EXT2_FIRST_INODE(fs_->super) && number != EXT2_ROOT_INO;
    if (inode.i_links_count == 0 && !is_special) continue;
    TRY(add_inode(number, inode));
  }
}

struct Walk {
  Collector* metadata;  // What maps the inode's blocks, whatever it is.
  Collector* contents;
  Sha256* places;  // Logical and physical place of each run of contents.
  std::uint64_t end;
  std::uint64_t logical = 0;
  LbaRange run;
  bool is_outside = false;

  void finish_run() {
    if (run.empty()) return;
    std::array<std::byte, 24> row{};
    store_le(std::span<std::byte>(row), logical);
    store_le(std::span<std::byte>(row).subspan(8), run.first);
    store_le(std::span<std::byte>(row).subspan(16), run.count);
    places->update(row);
    contents->add(run);
    run = {};
  }
  void take(std::uint64_t at, std::uint64_t block) {
    if (!run.empty() && run.end() == block && logical + run.count == at) {
      ++run.count;
      return;
    }
    finish_run();
    logical = at;
    run = {block, 1};
  }
};

int visit(ext2_filsys, blk64_t* block, e2_blkcnt_t count, blk64_t, int, void* closure) {
  Walk& walk = *static_cast<Walk*>(closure);
  if (*block >= walk.end) {
    walk.is_outside = true;
    return BLOCK_ABORT;
  }
  if (count < 0)
    walk.metadata->add({*block, 1});
  else
    walk.take(static_cast<std::uint64_t>(count), *block);
  return 0;
}

Result<void> walk_blocks(FileSystem& system, ext2_ino_t number, Walk& walk) {
  TRY(system.check(ext2fs_block_iterate3(system.get(), number, BLOCK_FLAG_READ_ONLY, nullptr, visit, &walk),
                   "reading where inode " + std::to_string(number) + " lies"));
  if (walk.is_outside) return hostile("a file that lies behind its end");
  walk.finish_run();
  return {};
}

Result<void> Mapper::add_inode(ext2_ino_t number, ext2_inode_large& inode) {
  auto* const plain = reinterpret_cast<ext2_inode*>(&inode);
  if (const blk64_t attributes = ext2fs_file_acl_block(fs_, plain); attributes != 0) add({attributes, 1}, true);

  Sha256 places;
  Collector contents;
  if (number == EXT2_BAD_INO || ext2fs_inode_has_valid_blocks2(fs_, plain) != 0) {
    Collector mapping;
    Walk walk{.metadata = &mapping, .contents = &contents, .places = &places, .end = end_, .run = {}};
    TRY(walk_blocks(system_, number, walk));
    const ExtentSet mapped = mapping.take();
    for (const LbaRange range : mapped.ranges()) add(range, true);
  }
  const ExtentSet held = contents.take();
  if (number == fs_->super->s_journal_inum) {
    // Of a clean journal only its first block is read; which that is, the inode says.
    blk64_t first = 0;
    TRY(system_.check(ext2fs_bmap2(fs_, number, plain, nullptr, 0, 0, nullptr, &first), "finding its journal"));
    for (const LbaRange range : held.ranges()) add(range, false);
    live_.add({first, 1});
  } else if (is_metadata(number, inode)) {
    for (const LbaRange range : held.ranges()) add(range, true);
  }
  return note_file(number, inode, places.finish());
}

bool Mapper::is_metadata(ext2_ino_t number, ext2_inode_large& inode) const {
  const ext2_super_block& super = *fs_->super;
  const bool is_special = number < EXT2_FIRST_INODE(fs_->super) || number == super.s_usr_quota_inum ||
                          number == super.s_grp_quota_inum || number == super.s_prj_quota_inum ||
                          number == super.s_orphan_file_inum;
  // e2fsck looks into symbolic links and into attributes that have an inode of their own.
  return is_special || LINUX_S_ISDIR(inode.i_mode) || LINUX_S_ISLNK(inode.i_mode) ||
         (inode.i_flags & EXT4_EA_INODE_FL) != 0;
}

int take_name(ext2_ino_t, int, ext2_dir_entry* entry, int, int, char*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(entry->name,
                                                              static_cast<std::size_t>(ext2fs_dirent_name_len(entry)));
  return 0;
}

// Sorted: e2fsck may give a large directory an index, which turns its names around.
Result<std::vector<std::string>> Mapper::names_in(ext2_ino_t directory) {
  std::vector<std::string> names;
  TRY(system_.check(ext2fs_dir_iterate2(fs_, directory, 0, nullptr, take_name, &names), "reading a directory"));
  std::sort(names.begin(), names.end());
  return names;
}

Result<void> Mapper::note_file(ext2_ino_t number, const ext2_inode_large& inode, const Sha256Digest& places) {
  if (number < EXT2_FIRST_INODE(fs_->super) && number != EXT2_ROOT_INO)
    return {};  // Tools keep their own tables there.
  Sha256 file;
  std::array<std::byte, 8> bytes{};
  const auto note = [&](std::uint64_t attribute) {
    store_le(std::span<std::byte>(bytes), attribute);
    file.update(bytes);
  };
  for (const std::uint64_t attribute :
       {std::uint64_t{inode.i_mode}, std::uint64_t{inode.i_links_count}, std::uint64_t{inode_uid(inode)},
        std::uint64_t{inode_gid(inode)}, std::uint64_t{inode.i_mtime}})
    note(attribute);
  if (LINUX_S_ISDIR(inode.i_mode)) {
    const std::vector<std::string> names = TRY(names_in(number));
    for (const std::string& name : names) {
      note(name.size());
      file.update(as_bytes(name));
    }
  } else {
    note(inode.i_size);
    note(inode.i_size_high);
    note(inode.i_flags);
    file.update(places);
    if (LINUX_S_ISLNK(inode.i_mode)) file.update(std::as_bytes(std::span(inode.i_block)));  // A short one's target.
  }
  files_.push_back(file.finish());
  return {};
}

// In no order: resize2fs may give inodes other numbers.
Sha256Digest Mapper::files_digest() {
  std::sort(files_.begin(), files_.end());
  Sha256 all;
  for (const Sha256Digest& each : files_) all.update(each);
  return all.finish();
}

}  // namespace

Result<Map> map_of(FileSystem& system) { return Mapper(system).map(); }

Result<ExtentSet> blocks_of(FileSystem& system, ext2_ino_t number) {
  ext2_inode inode{};
  TRY(system.check(ext2fs_read_inode(system.get(), number, &inode), "reading an inode"));
  if (ext2fs_inode_has_valid_blocks2(system.get(), &inode) == 0) return ExtentSet{};
  Sha256 places;
  Collector all;
  Walk walk{.metadata = &all,
            .contents = &all,
            .places = &places,
            .end = ext2fs_blocks_count(system.get()->super),
            .run = {}};
  TRY(walk_blocks(system, number, walk));
  return all.take();
}

std::uint64_t inode_blocks_in_use(ext2_filsys fs, dgrp_t group) {
  const std::uint64_t all = fs->inode_blocks_per_group;
  if (ext2fs_has_group_desc_csum(fs) == 0) return all;
  if (ext2fs_bg_flags_test(fs, group, EXT2_BG_INODE_UNINIT) != 0) return 0;
  const std::uint32_t inodes = fs->super->s_inodes_per_group;
  const std::uint32_t used = inodes - std::min(inodes, ext2fs_bg_itable_unused(fs, group));
  const std::uint32_t per_block = fs->blocksize / EXT2_INODE_SIZE(fs->super);
  return std::min<std::uint64_t>(all, (used + per_block - 1) / per_block);
}

}  // namespace relance::ext2
