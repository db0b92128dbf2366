#include "imager/partition/gpt.h"

#include <algorithm>

#include "imager/partition/guid.h"
#include "wiper/base/crc32.h"
#include "wiper/device/read_bytes.h"

namespace relance {
namespace {

constexpr std::string_view kSignature = "EFI PART";
constexpr std::uint32_t kRevision = 0x00010000;
constexpr std::uint32_t kHeaderBytes = 92;
constexpr std::uint32_t kEntryBytes = 128;
constexpr std::uint32_t kMostEntryBytes = 4096;
constexpr std::uint32_t kMostEntries = 1024;  // Everybody writes 128; libparted aborts above 8192.
constexpr std::size_t kNameUnits = 36;

Error wrong(std::string why) { return {Errc::Corrupt, Stop::Unspecified, "partition table: " + std::move(why)}; }

std::uint32_t header_crc(std::span<const std::byte> block) {
  Bytes header(block.begin(), block.begin() + load_le<std::uint32_t>(block.subspan(12)));
  store_le<std::uint32_t>(std::span(header).subspan(16), 0);
  return crc32(header);
}

bool is_unused(std::span<const std::byte> entry) {
  return std::all_of(entry.begin(), entry.begin() + 16, [](std::byte byte) { return byte == std::byte{0}; });
}

void append_utf8(std::string& text, std::uint32_t point) {
  const auto put = [&](std::uint32_t byte) { text.push_back(static_cast<char>(byte)); };
  if (point < 0x80) return put(point);
  if (point < 0x800) {
    put(0xc0 | (point >> 6));
    return put(0x80 | (point & 0x3f));
  }
  if (point < 0x10000) {
    put(0xe0 | (point >> 12));
    put(0x80 | ((point >> 6) & 0x3f));
    return put(0x80 | (point & 0x3f));
  }
  put(0xf0 | (point >> 18));
  put(0x80 | ((point >> 12) & 0x3f));
  put(0x80 | ((point >> 6) & 0x3f));
  put(0x80 | (point & 0x3f));
}

// Lone surrogates become U+FFFD: somebody else's name is text for people, never compared.
std::string name_from(std::span<const std::byte> units) {
  std::string name;
  for (std::size_t i = 0; i < kNameUnits; ++i) {
    std::uint32_t point = load_le<std::uint16_t>(units.subspan(2 * i));
    if (point == 0) break;
    if (point >= 0xd800 && point < 0xe000) {
      const std::uint32_t next = i + 1 < kNameUnits ? load_le<std::uint16_t>(units.subspan(2 * i + 2)) : 0;
      const bool is_pair = point < 0xdc00 && next >= 0xdc00 && next < 0xe000;
      point = is_pair ? 0x10000 + ((point - 0xd800) << 10) + (next - 0xdc00) : 0xfffd;
      if (is_pair) ++i;
    }
    append_utf8(name, point);
  }
  return name;
}

Result<std::vector<std::uint16_t>> name_units(std::string_view name) {
  const Error unfit{Errc::Invalid, Stop::Unspecified, "a partition's name is not UTF-8 of at most 36 characters"};
  std::vector<std::uint16_t> units;
  for (std::size_t i = 0; i < name.size();) {
    const auto first = static_cast<std::uint8_t>(name[i++]);
    const unsigned more = first < 0x80 ? 0 : first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    std::uint32_t point = more == 0 ? first : first & (0x3fU >> more);
    if ((more > 0 && first < 0xc2) || first > 0xf4 || name.size() - i < more) return unfit;
    for (unsigned n = 0; n < more; ++n) {
      const auto next = static_cast<std::uint8_t>(name[i++]);
      if ((next & 0xc0) != 0x80) return unfit;
      point = (point << 6) | (next & 0x3f);
    }
    if (point == 0 || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return unfit;
    if (point < 0x10000) {
      units.push_back(static_cast<std::uint16_t>(point));
    } else {
      units.push_back(static_cast<std::uint16_t>(0xd800 + ((point - 0x10000) >> 10)));
      units.push_back(static_cast<std::uint16_t>(0xdc00 + ((point - 0x10000) & 0x3ff)));
    }
  }
  if (units.size() > kNameUnits) return unfit;
  return units;
}

Result<void> stamp_entry(std::span<std::byte> entry, const LayoutPartition& partition) {
  const GuidBytes type = TRY(guid_bytes(partition.type));
  const GuidBytes guid = TRY(guid_bytes(partition.guid));
  const std::vector<std::uint16_t> units = TRY(name_units(partition.name));
  std::copy(type.begin(), type.end(), entry.begin());
  std::copy(guid.begin(), guid.end(), entry.begin() + 16);
  store_le<std::uint64_t>(entry.subspan(48), partition.attributes);
  for (std::size_t i = 0; i < kNameUnits; ++i)
    store_le<std::uint16_t>(entry.subspan(56 + 2 * i), i < units.size() ? units[i] : std::uint16_t{0});
  return {};
}

}  // namespace

Result<GptHeader> parse_gpt_header(std::span<const std::byte> block, std::uint64_t lba, const Geometry& geometry) {
  if (block.size() < 512 || as_text(block.first(kSignature.size())) != kSignature) return wrong("no GPT header");
  if (load_le<std::uint32_t>(block.subspan(8)) != kRevision) return wrong("another revision of GPT");
  const auto header_bytes = load_le<std::uint32_t>(block.subspan(12));
  if (header_bytes < kHeaderBytes || header_bytes > block.size()) return wrong("the size of the GPT header");
  if (header_crc(block) != load_le<std::uint32_t>(block.subspan(16))) return wrong("the checksum of the GPT header");

  GptHeader header;
  header.lba = load_le<std::uint64_t>(block.subspan(24));
  header.other_lba = load_le<std::uint64_t>(block.subspan(32));
  const auto first = load_le<std::uint64_t>(block.subspan(40));
  const auto last = load_le<std::uint64_t>(block.subspan(48));
  header.disk_guid = guid_text(block.subspan(56));
  const auto entries_lba = load_le<std::uint64_t>(block.subspan(72));
  header.entry_count = load_le<std::uint32_t>(block.subspan(80));
  header.entry_bytes = load_le<std::uint32_t>(block.subspan(84));
  header.entries_crc = load_le<std::uint32_t>(block.subspan(88));

  if (header.lba != lba || header.other_lba == lba || header.other_lba >= geometry.block_count)
    return wrong("a GPT header that belongs elsewhere");
  if (first > last || last >= geometry.block_count || first < 2) return wrong("the usable range of the GPT");
  header.usable = range_between(first, last + 1);
  const bool counts = header.entry_count >= 1 && header.entry_count <= kMostEntries &&
                      header.entry_bytes >= kEntryBytes && header.entry_bytes <= kMostEntryBytes &&
                      header.entry_bytes % kEntryBytes == 0;
  if (!counts) return wrong("the number or the size of the GPT entries");
  const std::uint64_t entries_bytes = std::uint64_t{header.entry_count} * header.entry_bytes;
  header.entries = {entries_lba, (entries_bytes + geometry.logical_bytes - 1) / geometry.logical_bytes};
  if (entries_lba < 2 || entries_lba >= geometry.block_count ||
      header.entries.count > geometry.block_count - entries_lba || header.entries.overlaps(header.usable) ||
      header.entries.covers({lba, 1}))
    return wrong("the place of the GPT entries");
  return header;
}

Result<std::vector<LayoutPartition>> parse_gpt_entries(const GptHeader& header, std::span<const std::byte> entries) {
  const std::size_t size = std::size_t{header.entry_count} * header.entry_bytes;
  if (entries.size() < size || crc32(entries.first(size)) != header.entries_crc)
    return wrong("the checksum of the GPT entries");

  std::vector<LayoutPartition> partitions;
  for (std::uint32_t i = 0; i < header.entry_count; ++i) {
    const auto entry = entries.subspan(std::size_t{i} * header.entry_bytes, kEntryBytes);
    if (is_unused(entry)) continue;
    const auto first = load_le<std::uint64_t>(entry.subspan(32));
    const auto last = load_le<std::uint64_t>(entry.subspan(40));
    if (first > last || first < header.usable.first || last >= header.usable.end())
      return wrong("a partition outside of the drive");
    partitions.push_back({.number = i + 1,
                          .range = range_between(first, last + 1),
                          .type = guid_text(entry),
                          .name = name_from(entry.subspan(56)),
                          .guid = guid_text(entry.subspan(16)),
                          .attributes = load_le<std::uint64_t>(entry.subspan(48))});
  }
  std::sort(partitions.begin(), partitions.end(),
            [](const auto& one, const auto& other) { return one.range < other.range; });
  for (std::size_t i = 1; i < partitions.size(); ++i)
    if (partitions[i - 1].range.overlaps(partitions[i].range)) return wrong("partitions that overlap");
  return partitions;
}

Result<GptTable> read_gpt(BlockReader& reader, std::uint64_t header_lba) {
  const Geometry geometry = reader.geometry();
  const Bytes block = TRY(read_bytes(reader, header_lba * geometry.logical_bytes, geometry.logical_bytes));
  GptTable table;
  table.header = TRY(parse_gpt_header(block, header_lba, geometry));
  const LbaRange place = table.header.entries;
  const Bytes entries = TRY(read_bytes(reader, place.first * geometry.logical_bytes,
                                       static_cast<std::size_t>(place.count) * geometry.logical_bytes));
  table.partitions = TRY(parse_gpt_entries(table.header, entries));
  return table;
}

Result<void> stamp_gpt(std::span<std::byte> header_block, std::span<std::byte> entries, const Layout& layout) {
  const auto entry_count = load_le<std::uint32_t>(header_block.subspan(80));
  const auto entry_bytes = load_le<std::uint32_t>(header_block.subspan(84));
  const std::size_t size = std::size_t{entry_count} * entry_bytes;
  require(entry_bytes >= kEntryBytes && entries.size() >= size, "stamp_gpt: not the entries of this header");

  for (const LayoutPartition& partition : layout.partitions) {
    if (partition.number == 0 || partition.number > entry_count)
      return Error{Errc::Invalid, Stop::Unspecified, "a partition number that no GPT has"};
    TRY(stamp_entry(entries.subspan(std::size_t{partition.number - 1} * entry_bytes, kEntryBytes), partition));
  }
  const GuidBytes disk = TRY(guid_bytes(layout.disk_id));
  std::copy(disk.begin(), disk.end(), header_block.begin() + 56);
  store_le<std::uint32_t>(header_block.subspan(88), crc32(entries.first(size)));
  store_le<std::uint32_t>(header_block.subspan(16), header_crc(header_block));
  return {};
}

}  // namespace relance
