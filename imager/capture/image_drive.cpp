#include "imager/capture/image_drive.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "imager/filesystem/swap_header.h"

namespace relance {
namespace {

// 64 MiB: file systems are surveyed with a few steps back, and for each that leaves these a foreign image is decoded from
// its beginning again.
constexpr std::size_t kKeptChunks = 16;

struct Part {              // Of something that lies on the drive and of what is asked for.
  std::uint64_t from = 0;  // Bytes from the drive's start.
  std::uint64_t to = 0;
  bool empty() const { return from >= to; }
};
Part common(std::uint64_t first, std::uint64_t first_size, std::uint64_t second, std::uint64_t second_size) {
  return {std::max(first, second), std::min(first + first_size, second + second_size)};
}

// The extended partition around the logical ones: an image does not name it, and whoever makes such a table needs it.
std::optional<LayoutPartition> box_around_logical(const std::vector<ImagePartition>& partitions) {
  constexpr std::uint32_t kFirstLogical = 5;
  std::set<std::uint32_t> numbers;
  std::optional<LbaRange> inside;
  for (const ImagePartition& partition : partitions) {
    numbers.insert(partition.number);
    if (partition.number < kFirstLogical) continue;
    inside = range_between(inside ? inside->first : partition.source.first, partition.source.end());
  }
  if (!inside || inside->first == 0) return std::nullopt;
  LayoutPartition box{.number = 1, .range = range_between(inside->first - 1, inside->end()), .type = "0x05"};
  while (numbers.contains(box.number)) ++box.number;  // Its table lies in its first block.
  return box;
}

}  // namespace

ImageDrive::ImageDrive(const ImageFolder& image) {
  const SourceFacts& source = image.manifest().source;
  geometry_ = {source.size_bytes / source.logical_bytes, source.logical_bytes, source.logical_bytes};
  layout_.kind = source.table;
  layout_.disk_id = source.disk_id;
}

Result<std::unique_ptr<ImageDrive>> ImageDrive::open(const ImageFolder& image) {
  std::unique_ptr<ImageDrive> drive(new ImageDrive(image));
  TRY(drive->add_boot_code(image));
  for (std::size_t i = 0; i < image.manifest().partitions.size(); ++i) TRY(drive->add_partition(image, i));
  if (drive->layout_.kind == TableKind::Mbr) drive->add_box(image.manifest().partitions);
  return drive;
}

Result<void> ImageDrive::add_boot_code(const ImageFolder& image) {
  const std::optional<BootCode>& boot = image.manifest().boot;
  if (!boot) return {};
  areas_[0] = TRY(image.small_file(boot->first_block_file));
  if (!boot->gap_file.empty()) areas_[geometry_.logical_bytes] = TRY(image.small_file(boot->gap_file));
  return {};
}

Result<void> ImageDrive::add_partition(const ImageFolder& image, std::size_t index) {
  const ImagePartition& partition = image.manifest().partitions[index];
  const std::uint64_t start = partition.source.first * geometry_.logical_bytes;
  layout_.partitions.push_back({.number = partition.number,
                                .range = partition.source,
                                .type = partition.type,
                                .name = partition.name,
                                .guid = "",
                                .attributes = partition.attributes});
  if (partition.file_system == FileSystemKind::Swap)
    areas_[start] = TRY(swap_header(partition.source.count * geometry_.logical_bytes, partition.uuid, partition.label));
  else
    partitions_.push_back({start, ImageBytes(image, index, kKeptChunks)});
  return {};
}

void ImageDrive::add_box(const std::vector<ImagePartition>& partitions) {
  const std::optional<LayoutPartition> box = box_around_logical(partitions);
  if (!box) return;
  std::vector<LayoutPartition>& places = layout_.partitions;
  const auto first_logical = std::find_if(places.begin(), places.end(),
                                          [&](const LayoutPartition& each) { return box->range.covers(each.range); });
  places.insert(first_logical, *box);
}

Result<void> ImageDrive::read(LbaRange range, std::span<std::byte> bytes) {
  require(geometry_.whole().covers(range), "a read outside of the image's drive");
  const std::uint64_t offset = range.first * geometry_.logical_bytes;
  const auto piece = [&](Part part) {
    return bytes.subspan(static_cast<std::size_t>(part.from - offset), static_cast<std::size_t>(part.to - part.from));
  };
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  for (const auto& [start, area] : areas_) {
    const Part part = common(offset, bytes.size(), start, area.size());
    if (!part.empty())
      std::memcpy(piece(part).data(), area.data() + (part.from - start), static_cast<std::size_t>(part.to - part.from));
  }
  const std::lock_guard lock(mutex_);  // Over the reading of the folder's files, which wait for nobody.
  for (Held& held : partitions_) {     // What a partition holds stands above what should have ended before it.
    const Part part = common(offset, bytes.size(), held.start, held.bytes.size_bytes());
    if (!part.empty()) TRY(held.bytes.read(part.from - held.start, piece(part)));
  }
  return {};
}

}  // namespace relance
