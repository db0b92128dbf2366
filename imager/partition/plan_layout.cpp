#include "imager/partition/plan_layout.h"

#include <algorithm>

#include "imager/partition/guid.h"
#include "imager/partition/mbr.h"

namespace relance {
namespace {

constexpr std::uint64_t kGptTailBytes = 128 * 128;  // The backup's entries; its header is one block more.
constexpr std::uint32_t kFirstLogical = 5;

std::uint64_t aligned_up(std::uint64_t bytes) {
  return (bytes + kLayoutAlignment - 1) / kLayoutAlignment * kLayoutAlignment;
}
std::uint64_t aligned_down(std::uint64_t bytes) { return bytes / kLayoutAlignment * kLayoutAlignment; }

bool is_logical(TableKind kind, const ImagePartition& partition) {
  return kind == TableKind::Mbr && partition.number >= kFirstLogical;
}

// What lies in front of a partition for its own sake: a logical one has a table of its own there.
std::uint64_t in_front(TableKind kind, const ImagePartition& partition) {
  return is_logical(kind, partition) ? kLayoutAlignment : 0;
}

// What is behind the last partition for the table's sake.
std::uint64_t tail_bytes(TableKind kind, const Geometry& geometry) {
  return kind == TableKind::Gpt ? kGptTailBytes + geometry.logical_bytes : 0;
}

std::uint64_t usable_end(TableKind kind, const Geometry& geometry) {
  const std::uint64_t size = geometry.size_bytes();
  const std::uint64_t tail = tail_bytes(kind, geometry);
  const std::uint64_t end = size < tail ? 0 : size - tail;
  // What lies behind 2^32 blocks no MBR can name: such a drive is used up to there.
  return aligned_down(kind == TableKind::Mbr ? std::min(end, kMbrMostBlocks * geometry.logical_bytes) : end);
}

// "9.4 GB", rounded up for what is needed and down for what is there, so that the two never look equal.
std::string in_gigabytes(std::uint64_t bytes, bool up) {
  constexpr std::uint64_t kTenth = 100'000'000;
  const std::uint64_t tenths = bytes / kTenth + (up && bytes % kTenth != 0 ? 1 : 0);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " GB";
}

Result<void> fits_blocks(const ImagePartition& partition, const Geometry& geometry) {
  if (partition.file_system == FileSystemKind::Raw || partition.file_system == FileSystemKind::Swap) return {};
  if (partition.block_bytes >= geometry.logical_bytes || is_rebuilt(partition, geometry)) return {};
  return Error{Errc::Refused, Stop::ImageUnsuited,
               "partition " + std::to_string(partition.number) + " of the image holds a " +
                   std::string(name_of(partition.file_system)) + " file system with blocks of " +
                   std::to_string(partition.block_bytes) + " bytes; the drive has blocks of " +
                   std::to_string(geometry.logical_bytes)};
}

LayoutPartition placed(const ImagePartition& partition, TableKind kind, LbaRange range, const RunSeed& seed) {
  LayoutPartition place;
  place.number = partition.number;
  place.range = range;
  place.type = partition.type;
  place.attributes = partition.attributes;
  if (kind == TableKind::Gpt) {
    place.name = partition.name;
    place.guid = guid_from(seed, "partition " + std::to_string(partition.number));
  }
  return place;
}

}  // namespace

bool is_rebuilt(const ImagePartition& partition, const Geometry& geometry) {
  return partition.file_system == FileSystemKind::Fat && partition.block_bytes < geometry.logical_bytes;
}

Result<Layout> plan_layout(const Manifest& manifest, const Geometry& geometry, const RunSeed& seed) {
  const TableKind kind = manifest.source.table;
  std::uint64_t fixed = kLayoutAlignment;  // Everything but the partition that grows, from LBA 0.
  std::uint64_t least = 0;                 // Of the one that grows.
  for (const ImagePartition& partition : manifest.partitions) {
    TRY(fits_blocks(partition, geometry));
    fixed += in_front(kind, partition) + (partition.grows ? 0 : aligned_up(partition.size_bytes));
    if (partition.grows) least = aligned_up(partition.minimum_bytes);
  }
  const std::uint64_t end = usable_end(kind, geometry);
  if (fixed + least > end)
    return Error{Errc::Refused, Stop::DriveTooSmall,
                 "needs " + in_gigabytes(fixed + least + tail_bytes(kind, geometry), true) + ", has " +
                     in_gigabytes(geometry.size_bytes(), false)};

  Layout layout;
  layout.kind = kind;
  layout.disk_id = kind == TableKind::Gpt ? guid_from(seed, "disk") : mbr_disk_id_from(seed, "disk");
  std::uint64_t offset = kLayoutAlignment;
  for (const ImagePartition& partition : manifest.partitions) {
    offset += in_front(kind, partition);
    const std::uint64_t size = partition.grows ? end - fixed : aligned_up(partition.size_bytes);
    const LbaRange range{offset / geometry.logical_bytes, size / geometry.logical_bytes};
    layout.partitions.push_back(placed(partition, kind, range, seed));
    offset += size;
  }
  return layout;
}

}  // namespace relance
