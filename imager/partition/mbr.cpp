#include "imager/partition/mbr.h"

#include <algorithm>
#include <array>

#include "wiper/crypto/keyed_stream.h"
#include "wiper/device/read_bytes.h"

namespace relance {
namespace {

constexpr std::size_t kDiskIdOffset = 440;
constexpr std::size_t kEntriesOffset = 446;
constexpr std::size_t kEntryBytes = 16;
constexpr std::uint32_t kPrimaryEntries = 4;
constexpr std::uint32_t kMostLogical =
    60;  // Linux stops there too; each one is a block that a hostile drive makes us read.
constexpr std::array<std::uint8_t, 3> kExtendedTypes{0x05, 0x0f, 0x85};

Error wrong(std::string why) { return {Errc::Corrupt, Stop::Unspecified, "partition table: " + std::move(why)}; }

struct Entry {
  std::size_t offset = 0;
  std::uint8_t active = 0;
  std::uint8_t type = 0;
  std::uint32_t first = 0;
  std::uint32_t count = 0;

  bool is_used() const { return type != 0 && count != 0; }
  bool is_extended() const {
    return std::find(kExtendedTypes.begin(), kExtendedTypes.end(), type) != kExtendedTypes.end();
  }
};

Entry entry_at(std::span<const std::byte> block, std::uint32_t index) {
  const std::size_t offset = kEntriesOffset + index * kEntryBytes;
  const auto bytes = block.subspan(offset, kEntryBytes);
  return {offset, load_le<std::uint8_t>(bytes), load_le<std::uint8_t>(bytes.subspan(4)),
          load_le<std::uint32_t>(bytes.subspan(8)), load_le<std::uint32_t>(bytes.subspan(12))};
}

Result<std::uint32_t> number_in_hex(std::string_view text, std::size_t digits) {
  const Error unfit{Errc::Invalid, Stop::Unspecified, "not a number of an MBR table: " + std::string(text)};
  if (text.size() != digits + 2 || !text.starts_with("0x")) return unfit;
  const Result<Bytes> bytes = from_hex(text.substr(2));
  if (!bytes.ok()) return unfit;
  std::uint32_t value = 0;
  for (const std::byte byte : bytes.value()) value = (value << 8) | std::to_integer<std::uint32_t>(byte);
  return value;
}

Result<Bytes> table_block(BlockReader& reader, std::uint64_t lba) {
  const std::uint32_t block_bytes = reader.geometry().logical_bytes;
  Bytes block = TRY(read_bytes(reader, lba * block_bytes, block_bytes));
  if (block[510] != std::byte{0x55} || block[511] != std::byte{0xaa}) return wrong("no signature 55 aa");
  return block;
}

MbrPartition found(const Entry& entry, std::uint32_t number, std::uint64_t base, std::uint64_t table_lba) {
  LayoutPartition partition;
  partition.number = number;
  partition.range = {base + entry.first, entry.count};
  partition.type = hex_number(entry.type, 2);
  partition.attributes = entry.active == 0x80 ? 1 : 0;
  return {std::move(partition), table_lba, entry.offset};
}

Result<void> follow_ebrs(BlockReader& reader, LbaRange extended, MbrTable& table) {
  std::uint64_t lba = extended.first;
  std::uint32_t number = kPrimaryEntries;
  for (std::uint32_t record = 0;; ++record) {
    if (record == kMostLogical) return wrong("a chain of logical partitions without end");
    const Bytes block = TRY(table_block(reader, lba));
    const Entry partition = entry_at(block, 0);
    const Entry next = entry_at(block, 1);
    if (partition.is_used()) {
      table.partitions.push_back(found(partition, ++number, lba, lba));
      if (!extended.covers(table.partitions.back().partition.range))
        return wrong("a logical partition outside of the extended one");
    }
    if (!next.is_used() || !next.is_extended()) return {};
    lba = extended.first + next.first;
    if (!extended.covers({lba, 1})) return wrong("a chain of logical partitions that leaves the extended one");
  }
}

}  // namespace

Result<MbrTable> read_mbr(BlockReader& reader) {
  const LbaRange whole = reader.geometry().whole();
  const Bytes first = TRY(table_block(reader, 0));

  MbrTable table;
  table.disk_id = hex_number(load_le<std::uint32_t>(std::span(first).subspan(kDiskIdOffset)), 8);
  for (std::uint32_t i = 0; i < kPrimaryEntries; ++i) {
    const Entry entry = entry_at(first, i);
    if (!entry.is_used()) continue;
    if (entry.type == kMbrTypeGpt) {
      table.protects_gpt = true;
      continue;  // Its count may say "all that 32 bits can", whatever the drive.
    }
    const LbaRange range{entry.first, entry.count};
    if (entry.first == 0 || !whole.covers(range)) return wrong("a partition outside of the drive");
    if (entry.is_extended())
      TRY(follow_ebrs(reader, range, table));
    else
      table.partitions.push_back(found(entry, i + 1, 0, 0));
  }

  auto& all = table.partitions;
  std::sort(all.begin(), all.end(),
            [](const auto& one, const auto& other) { return one.partition.range < other.partition.range; });
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i - 1].partition.range.overlaps(all[i].partition.range)) return wrong("partitions that overlap");
  return table;
}

Result<void> stamp_mbr_entry(std::span<std::byte> table_block, const MbrPartition& place,
                             const LayoutPartition& wanted) {
  const std::uint32_t type = TRY(number_in_hex(wanted.type, 2));
  table_block[place.entry_offset] = (wanted.attributes & 1) != 0 ? std::byte{0x80} : std::byte{0};
  table_block[place.entry_offset + 4] = static_cast<std::byte>(type);
  return {};
}

Result<void> stamp_mbr_disk_id(std::span<std::byte> first_block, std::string_view disk_id) {
  const std::uint32_t id = TRY(number_in_hex(disk_id, 8));
  store_le<std::uint32_t>(first_block.subspan(kDiskIdOffset), id);
  return {};
}

std::string mbr_disk_id_from(std::span<const std::byte> seed, std::string_view label) {
  const StreamKey key = derive_key(seed, label);
  const auto id = load_le<std::uint32_t>(key);
  return hex_number(id == 0 ? 1 : id, 8);
}

}  // namespace relance
