// Boot sector as in fat_layout.h. Of it the offsets behind 36 (FAT32: 64) are: +0 drive, +2 29: the three that follow are there,
// +3 serial, +7 label (11), +18 "FAT32   ".

#include "imager/filesystem/fat_shape.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::size_t kBootBytes = 512;
constexpr std::size_t kEntryBytes = 32;  // Of a folder.
constexpr std::size_t kLabelBytes = 11;
constexpr std::uint32_t kFatCount = 2;
constexpr std::uint32_t kReserved32 = 32;        // Sectors in front of a FAT32: as mkfs.fat.
constexpr std::uint32_t kBootCopy = 6;           // Of them the one with the second boot sector.
constexpr std::uint64_t kMostClusters12 = 4084;  // The number of clusters tells which kind a FAT is.
constexpr std::uint64_t kMostClusters16 = 65524;
constexpr std::uint64_t kMostClusters32 = 0x0ffffff4;

// Of as many sectors as there are, or as many as that kind can name.
FatShape shape_with(unsigned bits, std::uint64_t sectors, std::uint64_t root_sectors, std::uint32_t sector_bytes) {
  const bool is_32 = bits == 32;
  const std::uint64_t most = is_32 ? kMostClusters32 : bits == 16 ? kMostClusters16 : kMostClusters12;
  FatShape shape{.sector_bytes = sector_bytes,
                 .bits = bits,
                 .reserved = is_32 ? kReserved32 : 1,
                 .root_sectors = is_32 ? 0 : root_sectors};
  if (sectors <= shape.data_start()) return shape;
  shape.fat_sectors =
      divided_up((std::min(most, sectors - shape.data_start()) + 2) * bits, std::uint64_t{8} * sector_bytes);
  if (sectors > shape.data_start()) shape.clusters = std::min(most, sectors - shape.data_start());
  return shape;
}

void put_slot(std::span<std::byte> table, unsigned bits, std::uint32_t cluster, std::uint32_t next) {
  const std::size_t at = static_cast<std::size_t>(cluster) * bits / 8;
  if (bits == 32) return store_le<std::uint32_t>(table.subspan(at), next & 0x0fffffff);
  if (bits == 16) return store_le<std::uint16_t>(table.subspan(at), static_cast<std::uint16_t>(next));
  const unsigned shift = cluster % 2 == 0 ? 0 : 4;
  const std::uint32_t held = load_le<std::uint16_t>(table.subspan(at)) & ~(0xfffU << shift);
  store_le<std::uint16_t>(table.subspan(at), static_cast<std::uint16_t>(held | (next & 0xfffU) << shift));
}

std::uint64_t first_free(std::span<const LbaRange> runs) { return runs.empty() ? 2 : runs.back().end(); }

Bytes table_of(const FatShape& shape, std::span<const LbaRange> runs) {
  constexpr std::uint32_t kEnd = 0x0fffffff;  // Also "clean, no errors" of the second entry.
  // One more: slots of 12 bits are put by pairs of bytes.
  Bytes table(static_cast<std::size_t>(divided_up(first_free(runs) * shape.bits, 8) + 1));
  put_slot(table, shape.bits, 0, 0x0ffffff8);  // The medium: a fixed disk.
  put_slot(table, shape.bits, 1, kEnd);
  for (const LbaRange run : runs)
    for (std::uint64_t cluster = run.first; cluster < run.end(); ++cluster)
      put_slot(table, shape.bits, static_cast<std::uint32_t>(cluster),
               cluster + 1 == run.end() ? kEnd : static_cast<std::uint32_t>(cluster + 1));
  table.resize(std::min<std::size_t>(table.size(), static_cast<std::size_t>(shape.fat_sectors) * shape.sector_bytes));
  return table;
}

Bytes boot_sector(const FatShape& shape, const Fat& source, std::span<const std::byte> boot) {
  const bool is_32 = shape.bits == 32;
  Bytes sector(kBootBytes);
  const std::span<std::byte> out(sector);
  const auto put8 = [&](std::size_t at, unsigned value) { out[at] = static_cast<std::byte>(value); };
  const auto put16 = [&](std::size_t at, std::uint64_t value) {
    store_le<std::uint16_t>(out.subspan(at), static_cast<std::uint16_t>(value));
  };
  const auto put32 = [&](std::size_t at, std::uint64_t value) {
    store_le<std::uint32_t>(out.subspan(at), static_cast<std::uint32_t>(value));
  };
  std::copy_n(boot.begin() + 3, 8, sector.begin() + 3);  // Who made it.
  put8(0, 0xeb);
  put8(1, is_32 ? 0x58 : 0x3c);
  put8(2, 0x90);
  put16(11, shape.sector_bytes);
  put8(13, 1);
  put16(14, shape.reserved);
  put8(16, kFatCount);
  put16(17, shape.root_sectors * shape.sector_bytes / kEntryBytes);
  if (!is_32 && shape.sectors() <= UINT16_MAX)
    put16(19, shape.sectors());
  else
    put32(32, shape.sectors());
  put8(21, 0xf8);
  put16(24, 63);
  put16(26, 255);
  const std::size_t extended = is_32 ? 64 : 36;
  const std::size_t from = source.bits == 32 ? 64 : 36;
  if (is_32) {
    put32(36, shape.fat_sectors);
    put32(44, 2);
    put16(48, 1);
    put16(50, kBootCopy);
  } else {
    put16(22, shape.fat_sectors);
  }
  put8(extended, 0x80);
  put8(extended + 2, 0x29);
  std::copy_n(boot.begin() + static_cast<std::ptrdiff_t>(from) + 3, 4 + kLabelBytes,
              sector.begin() + static_cast<std::ptrdiff_t>(extended) + 3);
  const std::string kind = "FAT" + std::to_string(shape.bits) + "   ";
  std::copy_n(as_bytes(kind).begin(), 8, sector.begin() + static_cast<std::ptrdiff_t>(extended) + 18);
  put16(510, 0xaa55);
  return sector;
}

// Of FAT32: how many clusters are free, and the last that is not.
Bytes free_counts(const FatShape& shape, std::uint64_t next) {
  Bytes counts(kBootBytes);
  const std::span<std::byte> out(counts);
  store_le<std::uint32_t>(out, 0x41615252);
  store_le<std::uint32_t>(out.subspan(484), 0x61417272);
  store_le<std::uint32_t>(out.subspan(488), static_cast<std::uint32_t>(shape.clusters + 2 - next));
  store_le<std::uint32_t>(out.subspan(492), static_cast<std::uint32_t>(next - 1));
  store_le<std::uint16_t>(out.subspan(510), 0xaa55);
  return counts;
}

}  // namespace

std::uint64_t FatShape::root_start() const { return reserved + kFatCount * fat_sectors; }

FatShape fat_shape_for(std::uint64_t sectors, std::uint64_t root_sectors, std::uint32_t sector_bytes) {
  const FatShape large = shape_with(32, sectors, root_sectors, sector_bytes);
  if (large.clusters > kMostClusters16) return large;
  const FatShape middle = shape_with(16, sectors, root_sectors, sector_bytes);
  if (middle.clusters > kMostClusters12) return middle;
  return shape_with(12, sectors, root_sectors, sector_bytes);
}

std::map<std::uint64_t, Bytes> fat_front(const FatShape& shape, std::span<const LbaRange> runs, const Fat& source,
                                         std::span<const std::byte> boot) {
  std::map<std::uint64_t, Bytes> front;
  const Bytes sector = boot_sector(shape, source, boot);
  front.emplace(0, sector);
  if (shape.bits == 32) {
    const Bytes counts = free_counts(shape, first_free(runs));
    front.emplace(shape.sector_bytes, counts);
    front.emplace(std::uint64_t{kBootCopy} * shape.sector_bytes, sector);
    front.emplace(std::uint64_t{kBootCopy + 1} * shape.sector_bytes, counts);
  }
  const Bytes table = table_of(shape, runs);
  for (std::uint64_t copy = 0; copy < kFatCount; ++copy)
    front.emplace((shape.reserved + copy * shape.fat_sectors) * shape.sector_bytes, table);
  return front;
}

}  // namespace relance
