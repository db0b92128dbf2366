#include "imager/format/partclone.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "wiper/base/crc32.h"

namespace relance {
namespace {

constexpr std::string_view kMagic{"partclone-image\0", 16};
constexpr std::string_view kVersion = "0002";
constexpr std::string_view kWrittenAs = "0.3.23";  // The version whose restore we are tested with.
constexpr std::uint16_t kLittleEndian = 0xC0DE;
constexpr std::uint32_t kFeatureBytes = 18;
constexpr std::uint8_t kBitmapOfBits = 1;
constexpr std::size_t kCrcBytes = 4;
constexpr std::uint64_t kLargestDevice = std::uint64_t{1} << 60;  // No product of ours wraps.

struct SumRow {
  BlockSums sums;
  std::uint16_t mode;
  std::uint16_t bytes;
};
constexpr std::array kSumRows = {SumRow{BlockSums::None, 0x00, 0}, SumRow{BlockSums::Crc32, 0x20, 4},
                                 SumRow{BlockSums::Xxh64, 0x30, 8}, SumRow{BlockSums::Xxh128, 0x31, 16}};

// Without the final complement.
std::uint32_t partclone_crc(std::span<const std::byte> bytes) { return ~crc32(bytes); }

Error hostile(std::string detail) {
  return {Errc::Corrupt, Stop::ImageHostile, "partclone stream: " + std::move(detail)};
}
Error unsupported(std::string detail) {
  return {Errc::Unsupported, Stop::ImageHostile, "partclone stream: " + std::move(detail)};
}

// Text up to a NUL; anything but printable ASCII makes the name empty, since it may be shown.
std::string name_in(std::span<const std::byte> field) {
  std::string_view text = as_text(field);
  text = text.substr(0, text.find('\0'));
  const bool plain = std::all_of(text.begin(), text.end(), [](char letter) { return letter > ' ' && letter < 127; });
  return plain ? std::string(text) : std::string();
}

Result<void> check_counts(const StreamHeader& header) {
  if (!std::has_single_bit(header.block_bytes) || header.block_bytes < 512 || header.block_bytes > 65536)
    return hostile("blocks of " + std::to_string(header.block_bytes) + " bytes");
  if (header.block_count == 0) return hostile("no blocks");
  if (header.block_count > kLargestBitmap * 8) return hostile("more blocks than we map in memory");
  if (header.device_bytes > kLargestDevice || header.block_count > header.device_bytes / header.block_bytes)
    return hostile("more blocks than its device holds");
  if (header.used_blocks > header.block_count) return hostile("more used blocks than blocks");
  return {};
}

}  // namespace

std::uint32_t sum_bytes(BlockSums sums) { return kSumRows[static_cast<std::size_t>(sums)].bytes; }

Bytes stream_head(StreamHeader header, const ExtentSet& used) {
  header.used_blocks = used.block_count();
  require(check_counts(header).ok(), "a partclone header that we would not read ourselves");
  require(used.empty() || used.ranges().back().end() <= header.block_count, "a used block behind the end");
  require(header.file_system.size() < 16, "a file system's name is too long for partclone");

  Bytes head(kStreamHeaderBytes + bitmap_size(header));
  const std::span<std::byte> bytes(head);
  const auto put = [&](std::size_t at, std::string_view text) { std::memcpy(&head[at], text.data(), text.size()); };
  put(0, kMagic);
  put(16, kWrittenAs);
  put(30, kVersion);
  store_le<std::uint16_t>(bytes.subspan(34), kLittleEndian);
  put(36, header.file_system);
  store_le<std::uint64_t>(bytes.subspan(52), header.device_bytes);
  store_le<std::uint64_t>(bytes.subspan(60), header.block_count);
  store_le<std::uint64_t>(bytes.subspan(68), header.used_by_superblock);
  store_le<std::uint64_t>(bytes.subspan(76), header.used_blocks);
  store_le<std::uint32_t>(bytes.subspan(84), header.block_bytes);
  store_le<std::uint32_t>(bytes.subspan(88), kFeatureBytes);
  store_le<std::uint16_t>(bytes.subspan(92), 2);
  store_le<std::uint16_t>(bytes.subspan(94), 64);
  head[104] = std::byte{1};
  head[105] = std::byte{kBitmapOfBits};
  store_le<std::uint32_t>(bytes.subspan(106), partclone_crc(bytes.first(106)));

  const std::span<std::byte> bitmap = bytes.subspan(kStreamHeaderBytes, bitmap_size(header) - kCrcBytes);
  for (const LbaRange range : used.ranges())
    for (std::uint64_t block = range.first; block < range.end(); ++block)
      bitmap[static_cast<std::size_t>(block / 8)] |= std::byte{1} << static_cast<int>(block % 8);
  store_le<std::uint32_t>(bytes.last(kCrcBytes), partclone_crc(bitmap));
  return head;
}

Result<StreamHeader> parse_stream_header(std::span<const std::byte> bytes) {
  if (bytes.size() != kStreamHeaderBytes) return hostile("a header that is too short");
  if (as_text(bytes.first(15)) != kMagic.substr(0, 15)) return hostile("it does not begin with partclone-image");
  if (as_text(bytes.subspan(30, 4)) != kVersion) return unsupported("of another version than 0002");
  if (load_le<std::uint16_t>(bytes.subspan(34)) != kLittleEndian) return unsupported("made on a big-endian machine");
  if (load_le<std::uint32_t>(bytes.subspan(106)) != partclone_crc(bytes.first(106)))
    return hostile("the header's CRC is wrong");
  if (load_le<std::uint32_t>(bytes.subspan(88)) != kFeatureBytes || load_le<std::uint16_t>(bytes.subspan(92)) != 2)
    return unsupported("with other features than we know");
  if (bytes[105] != std::byte{kBitmapOfBits}) return unsupported("with a bitmap that is not one of bits");

  StreamHeader header;
  header.file_system = name_in(bytes.subspan(36, 16));
  header.device_bytes = load_le<std::uint64_t>(bytes.subspan(52));
  header.block_count = load_le<std::uint64_t>(bytes.subspan(60));
  header.used_by_superblock = load_le<std::uint64_t>(bytes.subspan(68));
  header.used_blocks = load_le<std::uint64_t>(bytes.subspan(76));
  header.block_bytes = load_le<std::uint32_t>(bytes.subspan(84));
  TRY(check_counts(header));

  const auto mode = load_le<std::uint16_t>(bytes.subspan(96));
  const auto row =
      std::find_if(kSumRows.begin(), kSumRows.end(), [&](const SumRow& each) { return each.mode == mode; });
  if (row == kSumRows.end()) return unsupported("with block sums of an unknown kind");
  if (load_le<std::uint16_t>(bytes.subspan(98)) != row->bytes) return hostile("block sums of a wrong size");
  header.sums = row->sums;
  header.blocks_per_sum = load_le<std::uint32_t>(bytes.subspan(100));
  if ((header.blocks_per_sum == 0) != (header.sums == BlockSums::None))
    return hostile("block sums that contradict themselves");
  header.reseeds = bytes[104] != std::byte{0};
  return header;
}

std::size_t bitmap_size(const StreamHeader& header) {
  return static_cast<std::size_t>((header.block_count + 7) / 8 + kCrcBytes);
}

Result<ExtentSet> parse_bitmap(const StreamHeader& header, std::span<const std::byte> bytes) {
  if (bytes.size() != bitmap_size(header)) return hostile("a bitmap of another size");
  const std::span<const std::byte> bits = bytes.first(bytes.size() - kCrcBytes);
  if (load_le<std::uint32_t>(bytes.last(kCrcBytes)) != partclone_crc(bits)) return hostile("the bitmap's CRC is wrong");

  ExtentSet used;
  LbaRange open;  // The run of used blocks that ends where we are.
  const auto close = [&] {
    used.add(open);
    open = {};
  };
  for (std::uint64_t block = 0; block < header.block_count;) {
    const auto eight = std::to_integer<unsigned>(bits[static_cast<std::size_t>(block / 8)]);
    const bool whole = block % 8 == 0 && header.block_count - block >= 8;
    const unsigned step = whole && (eight == 0 || eight == 0xFF) ? 8 : 1;
    if (((eight >> (block % 8)) & 1U) != 0) {
      if (open.empty()) open.first = block;
      open.count += step;
    } else if (!open.empty()) {
      close();
      if (used.ranges().size() > kMostStreamExtents) return hostile("more fragments than we hold in memory");
    }
    block += step;
  }
  close();
  if (used.block_count() != header.used_blocks) return hostile("its bitmap and its count of used blocks differ");
  return used;
}

}  // namespace relance
