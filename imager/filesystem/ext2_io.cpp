#include "imager/filesystem/ext2_io.h"

#include <ext2fs/ext2_io.h>

#include <cstring>
#include <limits>
#include <mutex>
#include <optional>

namespace relance::ext2 {

struct Below {
  ByteReader& reader;
  ByteStore* store = nullptr;    // Null: read only.
  std::optional<Error> trouble;  // The first one: libext2fs hands on a number only.
};

namespace {

// io_manager::open() is told a name and nothing else; ext2fs_open2() calls it before it returns, in the same thread.
thread_local Below* opening = nullptr;

Below& below(io_channel channel) { return *static_cast<Below*>(channel->private_data); }

errcode_t keep(io_channel channel, Result<void> result, errcode_t code) {
  if (result.ok()) return 0;
  if (!below(channel).trouble) below(channel).trouble = std::move(result).error();
  return code;
}

// A negative count is a number of bytes.
std::size_t bytes_of(io_channel channel, int count) {
  if (count < 0) return static_cast<std::size_t>(-static_cast<std::int64_t>(count));
  return static_cast<std::size_t>(count) * static_cast<std::size_t>(channel->block_size);
}

// Behind the end of everything if it would wrap, so that the ByteReader refuses it.
std::uint64_t offset_of(io_channel channel, unsigned long long block) {
  const auto block_bytes = static_cast<std::uint64_t>(channel->block_size);
  constexpr std::uint64_t kEnd = std::numeric_limits<std::uint64_t>::max();
  return block > kEnd / block_bytes ? kEnd : block * block_bytes;
}

errcode_t read_blocks(io_channel channel, unsigned long long block, int count, void* bytes) {
  const std::span<std::byte> into(static_cast<std::byte*>(bytes), bytes_of(channel, count));
  return keep(channel, below(channel).reader.read(offset_of(channel, block), into), EXT2_ET_SHORT_READ);
}

errcode_t write_bytes(io_channel channel, std::uint64_t offset, std::span<const std::byte> bytes) {
  if (below(channel).store == nullptr) return EXT2_ET_RO_FILSYS;
  return keep(channel, below(channel).store->write(offset, bytes), EXT2_ET_SHORT_WRITE);
}

errcode_t write_blocks(io_channel channel, unsigned long long block, int count, const void* bytes) {
  const std::span<const std::byte> from(static_cast<const std::byte*>(bytes), bytes_of(channel, count));
  return write_bytes(channel, offset_of(channel, block), from);
}

errcode_t read_blocks_32(io_channel channel, unsigned long block, int count, void* bytes) {
  return read_blocks(channel, block, count, bytes);
}

errcode_t write_blocks_32(io_channel channel, unsigned long block, int count, const void* bytes) {
  return write_blocks(channel, block, count, bytes);
}

errcode_t write_some(io_channel channel, unsigned long offset, int count, const void* bytes) {
  if (count < 0) return EXT2_ET_INVALID_ARGUMENT;
  return write_bytes(channel, offset, {static_cast<const std::byte*>(bytes), static_cast<std::size_t>(count)});
}

errcode_t set_block_size(io_channel channel, int block_bytes) {
  if (block_bytes <= 0) return EXT2_ET_INVALID_ARGUMENT;
  channel->block_size = block_bytes;
  return 0;
}

errcode_t flush(io_channel) { return 0; }

errcode_t open_channel(const char* name, int flags, io_channel* channel);

errcode_t close_channel(io_channel channel) {
  if (--channel->refcount > 0) return 0;
  std::free(channel->name);
  delete channel;
  return 0;
}

// What is left out (discard, zeroout, read-ahead, options, statistics) libext2fs does by itself or does without.
struct_io_manager make_manager() {
  struct_io_manager manager;
  std::memset(&manager, 0, sizeof manager);
  manager.magic = EXT2_ET_MAGIC_IO_MANAGER;
  manager.name = "relance";
  manager.open = open_channel;
  manager.close = close_channel;
  manager.set_blksize = set_block_size;
  manager.read_blk = read_blocks_32;
  manager.write_blk = write_blocks_32;
  manager.flush = flush;
  manager.write_byte = write_some;
  manager.read_blk64 = read_blocks;
  manager.write_blk64 = write_blocks;
  return manager;
}

io_manager our_manager() {
  static struct_io_manager manager = make_manager();
  return &manager;
}

errcode_t open_channel(const char* name, int, io_channel* channel) {
  require(opening != nullptr, "libext2fs opens something that we did not hand it");
  auto made = std::make_unique<struct_io_channel>();
  std::memset(made.get(), 0, sizeof(struct_io_channel));
  made->magic = EXT2_ET_MAGIC_IO_CHANNEL;
  made->manager = our_manager();
  made->name = strdup(name);
  made->block_size = 1024;  // Where the superblock is looked for.
  made->refcount = 1;
  made->private_data = opening;
  *channel = made.release();
  return 0;
}

Error hostile(std::string detail) { return {Errc::Corrupt, Stop::ImageHostile, std::move(detail)}; }

Error spoken(errcode_t code, const std::string& doing) {
  static std::once_flag once;
  std::call_once(once, initialize_ext2_error_table);
  return hostile(doing + ": " + error_message(code));
}

// libext2fs allocates by what the superblock claims before it has read any of it.
Result<void> check_lengths(ByteReader& bytes) {
  constexpr std::uint64_t kSuperOffset = 1024;
  constexpr std::uint32_t kFewestBlocksPerGroup = 256;  // mke2fs makes no smaller ones; many tiny groups eat memory.
  std::array<std::byte, 1024> super{};
  if (!lies_inside(kSuperOffset, super.size(), bytes.size_bytes())) return hostile("too small for an ext file system");
  TRY(bytes.read(kSuperOffset, super));
  const auto at32 = [&](std::size_t at) { return load_le<std::uint32_t>(std::span(super).subspan(at)); };
  if (load_le<std::uint16_t>(std::span(super).subspan(0x38)) != EXT2_SUPER_MAGIC)
    return hostile("not an ext file system");
  const std::uint32_t log_block = at32(0x18);
  if (log_block > 6) return hostile("ext: blocks larger than 64 KiB");
  const std::uint64_t block_bytes = std::uint64_t{1024} << log_block;
  const bool wide = (at32(0x60) & EXT4_FEATURE_INCOMPAT_64BIT) != 0;
  const std::uint64_t blocks = at32(0x04) | (wide ? std::uint64_t{at32(0x150)} << 32 : 0);
  if (blocks == 0 || blocks > bytes.size_bytes() / block_bytes) return hostile("ext: larger than what it lies in");
  if (at32(0x20) < kFewestBlocksPerGroup) return hostile("ext: tiny block groups");
  // 1 for single blocks of 1 KiB, else 0. libext2fs copies bitmaps past their end if it is another one.
  const bool boot_block_before = block_bytes == 1024 && at32(0x1C) == 0;
  if (at32(0x14) != (boot_block_before ? 1U : 0U)) return hostile("ext: a first block that makes no sense");
  return {};
}

}  // namespace

FileSystem::FileSystem(std::unique_ptr<Below> below, struct_ext2_filsys* handle)
    : below_(std::move(below)), held_(handle) {}
FileSystem::FileSystem(FileSystem&&) noexcept = default;
FileSystem& FileSystem::operator=(FileSystem&&) noexcept = default;
FileSystem::~FileSystem() = default;

Result<FileSystem> FileSystem::open(ByteReader& bytes, ByteStore* store) {
  TRY(check_lengths(bytes));
  auto below = std::make_unique<Below>(Below{bytes, store, std::nullopt});
  const int flags = EXT2_FLAG_64BITS | (store == nullptr ? 0 : EXT2_FLAG_RW);
  ext2_filsys handle = nullptr;
  opening = below.get();
  const errcode_t code = ext2fs_open2("ours", nullptr, flags, 0, 0, our_manager(), &handle);
  opening = nullptr;
  if (code != 0) return below->trouble ? *below->trouble : spoken(code, "opening an ext file system");
  return FileSystem(std::move(below), handle);
}

Result<void> FileSystem::close() {
  ext2_filsys handle = held_.release();
  const errcode_t code = ext2fs_close_free(&handle);  // Frees it in every case.
  return check(code, "writing an ext file system back");
}

Result<void> FileSystem::check(errcode_t code, const std::string& doing) const {
  if (code == 0) return {};
  if (below_->trouble) return *below_->trouble;
  return spoken(code, doing);
}

}  // namespace relance::ext2
