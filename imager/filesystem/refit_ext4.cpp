#include "imager/filesystem/refit_ext4.h"

#include <algorithm>

#include "imager/filesystem/ext2_io.h"
#include "imager/filesystem/ext4_files.h"
#include "imager/filesystem/ext4_map.h"
#include "imager/filesystem/ext4_trees.h"
#include "imager/filesystem/memory_bytes.h"

namespace relance {
namespace {

constexpr std::uint64_t kPage = 4096;         // What a memory file keeps together.
constexpr std::uint64_t kBridgePages = 16;    // Closer neighbours are read in one go: a disk turns meanwhile anyway.
constexpr std::uint64_t kWindowPages = 1024;  // 4 MiB at once.
constexpr std::uint64_t kMostChangedBytes = std::uint64_t{256} << 20;  // It is saved on the stick before it is written.
constexpr auto kToolLimit = std::chrono::minutes(20);  // A real one takes seconds, on an old PC a minute.

Error failed(std::string what) { return {Errc::Corrupt, Stop::ToolFailed, std::move(what)}; }

ExtentSet common(const ExtentSet& one, const ExtentSet& other) { return without(one, without(one, other)); }

// The same bytes in units of another size; what covers a unit only partly counts if `outwards`.
ExtentSet in_units(const ExtentSet& set, std::uint64_t from, std::uint64_t to, bool outwards) {
  ExtentSet scaled;
  for (const LbaRange range : set.ranges()) {
    const std::uint64_t first = range.first * from;
    const std::uint64_t end = range.end() * from;
    const std::uint64_t first_unit = outwards ? first / to : (first + to - 1) / to;
    const std::uint64_t end_unit = outwards ? (end + to - 1) / to : end / to;
    if (first_unit < end_unit) scaled.add(range_between(first_unit, end_unit));
  }
  return scaled;
}

// Neighbouring pages joined over small gaps, each window small enough to read at once.
std::vector<LbaRange> windows_over(const ExtentSet& pages) {
  std::vector<LbaRange> windows;
  for (LbaRange range : pages.ranges()) {
    while (!range.empty()) {
      const bool joins = !windows.empty() && range.first - windows.back().end() <= kBridgePages &&
                         range.first - windows.back().first < kWindowPages;
      const std::uint64_t start = joins ? windows.back().first : range.first;
      const std::uint64_t end = std::min(range.end(), start + kWindowPages);
      if (joins)
        windows.back() = range_between(start, end);
      else
        windows.push_back(range_between(start, end));
      range = range_between(end, range.end());
    }
  }
  return windows;
}

// Copies pages of the drive into both files.
Result<void> load(ByteReader& held, const ExtentSet& pages, MemoryFile& one, MemoryFile& other) {
  Bytes bytes(kWindowPages * kPage);
  for (const LbaRange window : windows_over(pages)) {
    const std::uint64_t start = window.first * kPage;
    const std::uint64_t size = std::min(window.end() * kPage, held.size_bytes()) - start;
    TRY(held.read(start, std::span(bytes).first(static_cast<std::size_t>(size))));
    const ExtentSet wanted = pages.cropped(window);
    for (const LbaRange range : wanted.ranges()) {
      const std::uint64_t skip = range.first * kPage - start;
      const auto part = std::span(bytes).subspan(static_cast<std::size_t>(skip),
                                                 static_cast<std::size_t>(std::min(range.count * kPage, size - skip)));
      TRY(one.write(range.first * kPage, part));
      TRY(other.write(range.first * kPage, part));
    }
  }
  return {};
}

class Refit {
 public:
  Refit(Tools& tools, ByteReader& held, const RefitRequest& request) : tools_(tools), held_(held), request_(request) {}
  Result<ChangedBlocks> run();

 private:
  Result<void> look();
  Result<void> copy_metadata();
  Result<void> resize();
  Result<void> personalise();
  Result<ChangedBlocks> changes();
  void mark_zeroed_tables(ext2::FileSystem& system) const;
  Result<void> run_tool(std::string program, std::vector<std::string> arguments, std::vector<int> good_exits);
  Result<void> compare(LbaRange blocks, const ExtentSet& loaded, const ExtentSet& zeros, ChangedBlocks& changed);

  Tools& tools_;
  ByteReader& held_;
  const RefitRequest& request_;
  std::uint64_t block_bytes_ = 0;
  std::uint64_t old_blocks_ = 0;
  std::uint64_t new_blocks_ = 0;
  dgrp_t old_groups_ = 0;
  std::uint32_t now_ = 0;
  ext2::Map first_;                     // As the drive holds it.
  ext2::Map last_;                      // As it shall be.
  ExtentSet pages_;                     // Loaded.
  ExtentSet contents_;                  // Blocks of the files that we put.
  std::unique_ptr<MemoryFile> memory_;  // What the tools work on.
  std::unique_ptr<MemoryFile> before_;  // What was loaded.
};

// As large as the partition lets it be and its descriptors can describe: past those resize2fs would move what files hold.
std::uint64_t reachable_blocks(ext2_filsys fs, std::uint64_t wanted) {
  const ext2_super_block& super = *fs->super;
  const std::uint64_t now = ext2fs_blocks_count(fs->super);
  if (wanted <= now || ext2fs_has_feature_meta_bg(fs->super)) return wanted;
  const std::uint64_t spare = ext2fs_has_feature_resize_inode(fs->super) ? super.s_reserved_gdt_blocks : 0;
  const std::uint64_t groups = (fs->desc_blocks + spare) * EXT2_DESC_PER_BLOCK(fs->super);
  std::uint64_t most = super.s_first_data_block + groups * super.s_blocks_per_group;
  if (!ext2fs_has_feature_64bit(fs->super)) most = std::min<std::uint64_t>(most, UINT32_MAX);
  return std::max(now, std::min(wanted, most));
}

Result<void> Refit::look() {
  ext2::FileSystem system = TRY(ext2::FileSystem::open(held_));
  const ext2_super_block& super = system.super();
  if (ext2fs_has_feature_journal_needs_recovery(&system.super()) || (super.s_state & EXT2_VALID_FS) == 0)
    return Error{Errc::Corrupt, Stop::ImageHostile, "ext file system that was not unmounted cleanly"};
  block_bytes_ = system.get()->blocksize;
  old_blocks_ = ext2fs_blocks_count(&system.super());
  old_groups_ = system.get()->group_desc_count;
  new_blocks_ = reachable_blocks(system.get(), request_.size_bytes / block_bytes_);
  now_ = std::max({super.s_mtime, super.s_wtime, super.s_lastcheck, super.s_mkfs_time, std::uint32_t{1}});
  first_ = TRY(ext2::map_of(system));
  return {};
}

Result<void> Refit::copy_metadata() {
  const std::uint64_t size = std::max(old_blocks_, new_blocks_) * block_bytes_;
  memory_ = TRY(tools_.make_memory_file((size + kPage - 1) / kPage * kPage));
  before_ = TRY(tools_.make_memory_file(memory_->size_bytes()));
  pages_ = in_units(first_.live, block_bytes_, kPage, true);
  return load(held_, pages_, *memory_, *before_);
}

Result<void> Refit::run_tool(std::string program, std::vector<std::string> arguments, std::vector<int> good_exits) {
  const std::string now = std::to_string(now_);
  const ToolRequest request{.program = std::move(program),
                            .arguments = std::move(arguments),
                            .files = {memory_.get()},
                            // Their clock stands still, so that the same image gives the same bytes. Inode tables are
                            // never cleared in memory: they may be gigabytes.
                            .environment = {"E2FSCK_TIME=" + now, "E2FSPROGS_FAKE_TIME=" + now,
                                            "E2FSCK_CONFIG=/dev/null", "RESIZE2FS_FORCE_LAZY_ITABLE_INIT=1"},
                            .good_exits = std::move(good_exits),
                            .time_limit = kToolLimit};
  const ToolResult result = TRY(tools_.run(request));
  (void)result;  // Only that it ended well.
  return {};
}

Result<void> Refit::resize() {
  // 1: it corrected something. Counts and bitmaps may be; that no file was touched is seen below.
  TRY(run_tool("e2fsck", {"-f", "-y", "-E", "fixes_only", memory_->path()}, {0, 1}));
  if (new_blocks_ != old_blocks_) TRY(run_tool("resize2fs", {memory_->path(), std::to_string(new_blocks_)}, {0}));
  MemoryBytes bytes(*memory_);
  ext2::FileSystem system = TRY(ext2::FileSystem::open(static_cast<ByteReader&>(bytes)));
  const ext2::Map grown = TRY(ext2::map_of(system));
  if (grown.files != first_.files) return failed("e2fsck or resize2fs changed files of the image");
  return {};
}

void Refit::mark_zeroed_tables(ext2::FileSystem& system) const {
  ext2_filsys fs = system.get();
  if (ext2fs_has_group_desc_csum(fs) == 0) return;
  const ExtentSet zeros = in_units(request_.zeros, kZeroUnit, block_bytes_, false);
  for (dgrp_t group = old_groups_; group < fs->group_desc_count; ++group) {
    const std::uint64_t table = ext2fs_inode_table_loc(fs, group);
    const std::uint64_t in_use = ext2::inode_blocks_in_use(fs, group);
    if (zeros.covers(range_between(table + in_use, table + fs->inode_blocks_per_group)))
      ext2fs_bg_flags_set(fs, group, EXT2_BG_INODE_ZEROED);
    else
      ext2fs_bg_flags_clear(fs, group, EXT2_BG_INODE_ZEROED);
    ext2fs_group_desc_csum_set(fs, group);
  }
  ext2fs_mark_super_dirty(fs);
}

Result<void> Refit::personalise() {
  MemoryBytes bytes(*memory_);
  ext2::FileSystem system = TRY(ext2::FileSystem::open(static_cast<ByteStore&>(bytes)));
  system.get()->now = static_cast<time_t>(now_);
  TRY(system.check(ext2fs_read_bitmaps(system.get()), "reading its bitmaps"));
  for (const std::string& path : request_.removed) {
    const ext2_ino_t there = TRY(ext2::find_inode(system, path));
    if (there != 0) TRY(ext2::remove_tree(system, path));
  }
  for (const FileWish& wish : request_.files) {
    const ExtentSet blocks = TRY(ext2::put_file(system, wish));
    contents_.add(blocks);
  }
  mark_zeroed_tables(system);
  const bool has_quota = ext2fs_has_feature_quota(system.get()->super);
  TRY(system.close());
  // libext2fs does not count what it writes towards the owner's quota; e2fsck does.
  if (has_quota) TRY(run_tool("e2fsck", {"-f", "-y", "-E", "fixes_only", memory_->path()}, {0, 1}));
  TRY(run_tool("e2fsck", {"-f", "-n", memory_->path()}, {0}));

  ext2::FileSystem finished = TRY(ext2::FileSystem::open(static_cast<ByteReader&>(bytes)));
  last_ = TRY(ext2::map_of(finished));
  return {};
}

Result<void> Refit::compare(LbaRange blocks, const ExtentSet& loaded, const ExtentSet& zeros, ChangedBlocks& changed) {
  const std::uint64_t offset = blocks.first * block_bytes_;
  Bytes wanted(static_cast<std::size_t>(blocks.count * block_bytes_));
  Bytes actual(wanted.size());
  TRY(memory_->read(offset, wanted));
  if (loaded.covers(blocks))
    TRY(before_->read(offset, actual));
  else if (!zeros.covers(blocks))
    TRY(held_.read(offset, actual));
  const auto block_bytes = static_cast<std::size_t>(block_bytes_);
  for (std::size_t at = 0; at < wanted.size(); at += block_bytes) {
    const auto block = std::span(wanted).subspan(at, block_bytes);
    if (std::equal(block.begin(), block.end(), actual.begin() + static_cast<std::ptrdiff_t>(at))) continue;
    changed.emplace(offset + at, Bytes(block.begin(), block.end()));
  }
  if (changed.size() * block_bytes_ > kMostChangedBytes)
    return failed("growing the file system changes too many blocks");
  return {};
}

Result<ChangedBlocks> Refit::changes() {
  const std::vector<ByteExtent> extents = TRY(memory_->data_extents());
  ExtentSet written;
  for (const ByteExtent extent : extents)
    written.add(range_between(extent.offset / block_bytes_, (extent.end() + block_bytes_ - 1) / block_bytes_));

  // What may differ: whatever lies in memory or describes the old or the new file system; but nothing that files held
  // before, which is not in memory and looks like zeros there, and nothing free.
  ExtentSet candidates = without(written, without(first_.used, first_.metadata));
  candidates.add(first_.live);
  candidates.add(last_.live);
  candidates.add(contents_);
  const ExtentSet zeros = in_units(request_.zeros, kZeroUnit, block_bytes_, false);
  candidates.subtract(without(zeros, written));  // Zero in memory, zero on the drive: gigabytes of new inode tables.
  candidates = common(candidates, last_.used);

  const ExtentSet loaded = in_units(pages_, kPage, block_bytes_, false);
  const std::uint64_t window = kWindowPages * kPage / block_bytes_;
  ChangedBlocks changed;
  for (const LbaRange range : candidates.ranges())
    for (std::uint64_t at = range.first; at < range.end(); at += window)
      TRY(compare(intersection({at, window}, range), loaded, zeros, changed));
  return changed;
}

Result<ChangedBlocks> Refit::run() {
  TRY(look());
  TRY(copy_metadata());
  TRY(resize());
  TRY(personalise());
  return changes();
}

}  // namespace

Result<ChangedBlocks> refit_ext4(Tools& tools, ByteReader& held, const RefitRequest& request) {
  return Refit(tools, held, request).run();
}

Result<std::optional<Bytes>> read_ext4_file(ByteReader& held, const std::string& path, std::uint64_t limit) {
  ext2::FileSystem system = TRY(ext2::FileSystem::open(held));
  return ext2::read_file(system, path, limit);
}

Result<Ext4Facts> read_ext4_facts(ByteReader& held) {
  const ext2::FileSystem system = TRY(ext2::FileSystem::open(held));
  const std::string digits = to_hex(std::as_bytes(std::span(system.super().s_uuid)));
  const auto part = [&](std::size_t from, std::size_t count) { return digits.substr(from, count); };
  return Ext4Facts{.size_bytes = ext2fs_blocks_count(&system.super()) * system.get()->blocksize,
                   .block_bytes = system.get()->blocksize,
                   .uuid = part(0, 8) + "-" + part(8, 4) + "-" + part(12, 4) + "-" + part(16, 4) + "-" + part(20, 12)};
}

}  // namespace relance
