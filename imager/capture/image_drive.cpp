#include "imager/capture/image_drive.h"

#include <algorithm>
#include <cstring>

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

Result<void> ImageDrive::read(LbaRange range, std::span<std::byte> bytes) {
  require(geometry_.whole().covers(range), "a read outside of the image's drive");
  const std::uint64_t offset = range.first * geometry_.logical_bytes;
  const auto piece = [&](Part part) {
    return bytes.subspan(static_cast<std::size_t>(part.from - offset), static_cast<std::size_t>(part.to - part.from));
  };
  std::fill(bytes.begin(), bytes.end(), std::byte{0});
  for (const auto& [start, area] : areas_) {
    const Part part = common(offset, bytes.size(), start, area.size());
    if (!part.empty()) std::memcpy(piece(part).data(), area.data() + (part.from - start), part.to - part.from);
  }
  const std::lock_guard lock(mutex_);  // Over the reading of the folder's files, which wait for nobody.
  for (Held& held : partitions_) {     // What a partition holds stands above what should have ended before it.
    const Part part = common(offset, bytes.size(), held.start, held.bytes.size_bytes());
    if (!part.empty()) TRY(held.bytes.read(part.from - held.start, piece(part)));
  }
  return {};
}

}  // namespace relance
