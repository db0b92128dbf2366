// ext2, ext3 and ext4: the blocks that their bitmaps call used, by libext2fs. What an image can do without, although it is
// called used: inode tables past the last inode that ever was, and the log of a clean journal. On 250 GB those are 5 GB.

#include <algorithm>
#include <array>

#include "imager/filesystem/ext2_io.h"
#include "imager/filesystem/survey.h"

namespace relance {
namespace {

struct Feature {
  std::uint32_t bit;
  std::string_view name;
};
// What changes where data lies, by the names of e2fsprogs. A bit that stands in neither list is refused by its number.
constexpr std::array kKnownIncompatible = {
    Feature{EXT2_FEATURE_INCOMPAT_FILETYPE, "filetype"},
    Feature{EXT2_FEATURE_INCOMPAT_META_BG, "meta_bg"},
    Feature{EXT3_FEATURE_INCOMPAT_EXTENTS, "extent"},
    Feature{EXT4_FEATURE_INCOMPAT_64BIT, "64bit"},
    Feature{EXT4_FEATURE_INCOMPAT_FLEX_BG, "flex_bg"},
    Feature{EXT4_FEATURE_INCOMPAT_EA_INODE, "ea_inode"},
    Feature{EXT4_FEATURE_INCOMPAT_CSUM_SEED, "metadata_csum_seed"},
    Feature{EXT4_FEATURE_INCOMPAT_LARGEDIR, "large_dir"},
    Feature{EXT4_FEATURE_INCOMPAT_INLINE_DATA, "inline_data"},
    Feature{EXT4_FEATURE_INCOMPAT_ENCRYPT, "encrypt"},
    Feature{EXT4_FEATURE_INCOMPAT_CASEFOLD, "casefold"},
};
constexpr std::array kRefusedIncompatible = {
    Feature{EXT2_FEATURE_INCOMPAT_COMPRESSION, "compression"},
    Feature{EXT3_FEATURE_INCOMPAT_RECOVER,
            "needs_recovery (its journal was not replayed: start the master and shut it down)"},
    Feature{EXT3_FEATURE_INCOMPAT_JOURNAL_DEV, "journal_dev"},
    Feature{EXT4_FEATURE_INCOMPAT_MMP, "mmp"},
    Feature{EXT4_FEATURE_INCOMPAT_DIRDATA, "dirdata"},
};
constexpr std::uint32_t kKnownReadOnlyCompatible =
    EXT2_FEATURE_RO_COMPAT_SPARSE_SUPER | EXT2_FEATURE_RO_COMPAT_LARGE_FILE | EXT4_FEATURE_RO_COMPAT_HUGE_FILE |
    EXT4_FEATURE_RO_COMPAT_GDT_CSUM | EXT4_FEATURE_RO_COMPAT_DIR_NLINK | EXT4_FEATURE_RO_COMPAT_EXTRA_ISIZE |
    EXT4_FEATURE_RO_COMPAT_QUOTA | EXT4_FEATURE_RO_COMPAT_BIGALLOC | EXT4_FEATURE_RO_COMPAT_METADATA_CSUM |
    EXT4_FEATURE_RO_COMPAT_READONLY | EXT4_FEATURE_RO_COMPAT_PROJECT | EXT4_FEATURE_RO_COMPAT_VERITY;

// Read by hand, before libext2fs: its own refusals do not say which feature it was.
Result<void> check_features(ByteReader& bytes) {
  std::array<std::byte, 1024> super{};
  if (!lies_inside(1024, super.size(), bytes.size_bytes())) return unfit("ext4 that is shorter than its superblock");
  TRY(bytes.read(1024, super));
  const auto u32 = [&](std::size_t at) { return load_le<std::uint32_t>(std::span(super).subspan(at)); };
  const auto state = load_le<std::uint16_t>(std::span(super).subspan(0x3A));
  std::uint32_t unknown = u32(0x60);
  for (const Feature& feature : kRefusedIncompatible)
    if ((unknown & feature.bit) != 0) return unfit("ext4 with the feature " + std::string(feature.name));
  for (const Feature& feature : kKnownIncompatible) unknown &= ~feature.bit;
  if (unknown != 0) return unfit("ext4 with unknown incompatible features " + hex_number(unknown, 8));
  const std::uint32_t read_only = u32(0x64);
  if ((read_only & EXT4_FEATURE_RO_COMPAT_ORPHAN_PRESENT) != 0)
    return unfit("ext4 with the feature orphan_present (it was not unmounted cleanly)");
  if ((read_only & ~kKnownReadOnlyCompatible) != 0)
    return unfit("ext4 with unknown features " + hex_number(read_only & ~kKnownReadOnlyCompatible, 8));
  if ((state & EXT2_ERROR_FS) != 0) return unfit("ext4 with errors: run e2fsck on the master");
  if ((state & EXT2_VALID_FS) == 0) return unfit("ext4 that was not unmounted cleanly: run e2fsck on the master");
  if (u32(0xE8) != 0) return unfit("ext4 with files deleted while open: run e2fsck on the master");
  return {};
}

// libext2fs's words, as a refusal: here they are about the master, not about an image.
template <class T>
Result<T> as_refusal(Result<T> result) {
  if (result.ok() || result.error().stop != Stop::ImageHostile) return result;
  return unfit("ext4: " + result.error().detail);
}

class Surveyor {
 public:
  explicit Surveyor(ext2::FileSystem& system) : system_(system), fs_(system.get()) {}

  Result<FileSystemSurvey> survey();

 private:
  using Group = dgrp_t;
  Result<ExtentSet> used_blocks();
  ExtentSet unused_inode_tables() const;
  Result<ExtentSet> clean_journal();
  std::uint64_t minimum_blocks(const ExtentSet& used) const;
  ExtentSet metadata_of(Group group) const;
  bool has_inodes(Group group) const {
    return ext2fs_bg_free_inodes_count(fs_, group) < fs_->super->s_inodes_per_group;
  }
  std::uint64_t table_blocks() const { return fs_->inode_blocks_per_group; }
  bool has_file(const char* path) const;

  ext2::FileSystem& system_;
  ext2_filsys fs_;
};

Result<FileSystemSurvey> Surveyor::survey() {
  FileSystemSurvey survey;
  survey.kind = FileSystemKind::Ext4;
  survey.stream_name = "EXTFS";
  survey.file_suffix = "ext4";
  survey.label = label_in(std::as_bytes(std::span(fs_->super->s_volume_name)));
  survey.uuid = uuid_text(std::as_bytes(std::span(fs_->super->s_uuid)));
  survey.block_bytes = fs_->blocksize;
  survey.block_count = ext2fs_blocks_count(fs_->super);
  survey.used_by_superblock =
      survey.block_count - std::min<std::uint64_t>(survey.block_count, ext2fs_free_blocks_count(fs_->super));
  survey.used = TRY(used_blocks());
  survey.zeros = unused_inode_tables();
  const ExtentSet journal = TRY(clean_journal());
  survey.zeros.add(journal);
  if (!survey.used.covers(survey.zeros))
    return unfit("ext4 whose bitmaps do not know its own tables: run e2fsck on the master");
  survey.minimum_blocks = minimum_blocks(survey.used);
  survey.has_etc = has_file("etc/fstab") || has_file("etc/os-release");
  return survey;
}

Result<ExtentSet> Surveyor::used_blocks() {
  TRY(as_refusal(system_.check(ext2fs_read_block_bitmap(fs_), "reading its bitmaps")));
  const std::uint64_t end = ext2fs_blocks_count(fs_->super);
  ExtentSet used;
  used.add({0, fs_->super->s_first_data_block});  // With blocks of 1 KiB the boot block lies before the first group.
  for (blk64_t at = fs_->super->s_first_data_block; at < end;) {
    blk64_t first = 0;
    blk64_t behind = end;
    if (ext2fs_find_first_set_block_bitmap2(fs_->block_map, at, end - 1, &first) != 0) break;
    first = std::max(first, at);  // In a file system of clusters it is the cluster's first block.
    if (ext2fs_find_first_zero_block_bitmap2(fs_->block_map, first, end - 1, &behind) != 0) behind = end;
    if (behind <= first) return unfit("ext4 with a block bitmap that makes no sense");
    used.add(range_between(first, behind));
    at = behind;
  }
  const std::uint64_t free = end - used.block_count();
  if (!ext2fs_has_feature_bigalloc(fs_->super) && free != ext2fs_free_blocks_count(fs_->super))
    return unfit("ext4 with " + std::to_string(free) + " free blocks by its bitmaps and " +
                 std::to_string(ext2fs_free_blocks_count(fs_->super)) + " by its superblock: run e2fsck on the master");
  return used;
}

// The kernel writes a table's inodes from its beginning and says how many at its end never were.
ExtentSet Surveyor::unused_inode_tables() const {
  ExtentSet unused;
  if (ext2fs_has_group_desc_csum(fs_) == 0) return unused;
  const std::uint32_t inodes = fs_->super->s_inodes_per_group;
  const std::uint32_t inodes_a_block = fs_->blocksize / EXT2_INODE_SIZE(fs_->super);
  for (Group group = 0; group < fs_->group_desc_count; ++group) {
    const bool none_used = ext2fs_bg_flags_test(fs_, group, EXT2_BG_INODE_UNINIT) != 0;
    const std::uint32_t never = none_used ? inodes : std::min(inodes, ext2fs_bg_itable_unused(fs_, group));
    const std::uint32_t kept = (inodes - never + inodes_a_block - 1) / inodes_a_block;
    const std::uint64_t table = ext2fs_inode_table_loc(fs_, group);
    if (table != 0 && kept < table_blocks()) unused.add(range_between(table + kept, table + table_blocks()));
  }
  return unused;
}

// All of the journal but its superblock and the blocks that map it. Clean: it begins nowhere (s_start is 0).
Result<ExtentSet> Surveyor::clean_journal() {
  const ext2_ino_t inode = fs_->super->s_journal_inum;
  if (!ext2fs_has_feature_journal(fs_->super) || inode == 0) return ExtentSet{};
  constexpr std::uint64_t kLargestJournal = 10'240'000;  // Blocks; mke2fs makes no larger one.
  struct Walk {
    std::uint64_t end;
    std::uint64_t superblock = 0;
    std::uint64_t visited = 0;
    bool bad = false;
    ExtentSet log;
  } walk{ext2fs_blocks_count(fs_->super)};
  const auto visit = [](ext2_filsys, blk64_t* block, e2_blkcnt_t count, blk64_t, int, void* closure) -> int {
    auto& at = *static_cast<Walk*>(closure);
    at.bad = *block >= at.end || ++at.visited > kLargestJournal;
    if (at.bad) return BLOCK_ABORT;
    if (count == 0)
      at.superblock = *block;
    else
      at.log.add({*block, 1});
    return 0;
  };
  const int flags = BLOCK_FLAG_DATA_ONLY | BLOCK_FLAG_READ_ONLY;
  TRY(as_refusal(
      system_.check(ext2fs_block_iterate3(fs_, inode, flags, nullptr, visit, &walk), "walking its journal")));
  if (walk.bad || walk.superblock == 0)
    return unfit("ext4 with a journal that makes no sense: run e2fsck on the master");

  // jbd2, big-endian: 0 u32 magic, 4 u32 block type 4 (version 2), 28 u32 where the log begins.
  Bytes head(fs_->blocksize);
  TRY(as_refusal(
      system_.check(io_channel_read_blk64(fs_->io, walk.superblock, 1, head.data()), "reading its journal")));
  const auto u32 = [&](std::size_t at) { return load_be<std::uint32_t>(std::span(head).subspan(at)); };
  if (u32(0) != 0xC03B3998 || (u32(4) != 3 && u32(4) != 4)) return unfit("ext4 with a journal that is none");
  if (u32(28) != 0) return unfit("ext4 whose journal was not replayed: start the master and shut it down");
  return std::move(walk.log);
}

// Where resize2fs can cut without moving anything: groups at the end that hold nothing but what describes themselves go.
std::uint64_t Surveyor::minimum_blocks(const ExtentSet& used) const {
  constexpr std::uint64_t kResizeSlack =
      50;  // resize2fs drops a last group with less room than this beside its overhead.
  const std::uint64_t end = ext2fs_blocks_count(fs_->super);
  const auto first_of = [&](Group group) -> std::uint64_t { return ext2fs_group_first_block2(fs_, group); };
  const auto used_in = [&](Group group) {
    const std::uint64_t behind = group + 1 == fs_->group_desc_count ? end : first_of(group + 1);
    return used.cropped(range_between(first_of(group), behind));
  };
  ExtentSet own;  // What describes the groups that go.
  Group last = fs_->group_desc_count - 1;
  for (; last > 0 && !has_inodes(last); --last) {
    own.add(metadata_of(last));
    if (!own.covers(used_in(last))) break;
  }
  const ExtentSet kept = used_in(last);
  const std::uint64_t overhead = 3 + table_blocks() + fs_->desc_blocks + fs_->super->s_reserved_gdt_blocks;
  const std::uint64_t least = first_of(last) + overhead + kResizeSlack;
  return std::min(end, kept.empty() ? least : std::max(least, kept.ranges().back().end()));
}

ExtentSet Surveyor::metadata_of(Group group) const {
  blk64_t super = 0;
  blk64_t old_descriptors = 0;
  blk64_t new_descriptor = 0;
  blk_t used = 0;
  ExtentSet blocks;
  (void)ext2fs_super_and_bgd_loc2(fs_, group, &super, &old_descriptors, &new_descriptor,
                                  &used);  // An error leaves zeros.
  if (super != 0) blocks.add({super, 1});
  if (old_descriptors != 0) {
    const std::uint64_t all = ext2fs_has_feature_meta_bg(fs_->super) ? fs_->super->s_first_meta_bg : fs_->desc_blocks;
    blocks.add({old_descriptors, all + fs_->super->s_reserved_gdt_blocks});
  }
  if (new_descriptor != 0) blocks.add({new_descriptor, 1});
  blocks.add({ext2fs_block_bitmap_loc(fs_, group), 1});
  blocks.add({ext2fs_inode_bitmap_loc(fs_, group), 1});
  blocks.add({ext2fs_inode_table_loc(fs_, group), table_blocks()});
  return blocks;
}

bool Surveyor::has_file(const char* path) const {
  ext2_ino_t inode = 0;
  return ext2fs_namei(fs_, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &inode) == 0;
}

}  // namespace

Result<FileSystemSurvey> survey_ext4(ByteReader& bytes) {
  TRY(check_features(bytes));
  ext2::FileSystem system = TRY(as_refusal(ext2::FileSystem::open(bytes)));
  return Surveyor(system).survey();
}

}  // namespace relance
