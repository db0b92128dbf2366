#include "imager/capture/capture.h"

#include <algorithm>

#include "imager/capture/clonezilla_files.h"
#include "imager/format/partclone.h"
#include "wiper/device/read_bytes.h"

namespace relance {
namespace {

constexpr std::uint64_t kSector = 512;                  // Of Clonezilla's files, on every drive.
constexpr std::uint64_t kGptFirst = 34;                 // Sectors: protective MBR, header, 128 entries.
constexpr std::uint64_t kGptSecond = 33;                // Sectors: 128 entries, header.
constexpr std::string_view kGptSignature = "EFI PART";  // In LBA 1, unless the source only stands for a drive.
constexpr std::uint64_t kLargestGap = 1 << 20;          // Boot code behind LBA 0 ends where partitions usually begin.

// An extended partition is only the box that the logical ones lie in.
bool is_container(const LayoutPartition& partition) {
  return partition.type == "0x05" || partition.type == "0x0f" || partition.type == "0x85";
}

Result<std::vector<SurveyedPartition>> survey_all(BlockReader& source, const Layout& layout) {
  std::vector<SurveyedPartition> partitions;
  for (const LayoutPartition& place : layout.partitions) {
    if (is_container(place)) continue;
    const std::string which = "partition " + std::to_string(place.number) + ": ";
    if (place.range.empty() || !source.geometry().whole().covers(place.range))
      return unfit(which + "it lies outside of the drive");
    PartitionBytes bytes(source, place.range);
    Result<FileSystemSurvey> system = survey(bytes);
    if (!system.ok()) {
      Error error = std::move(system).error();
      error.detail = which + error.detail;
      return error;
    }
    partitions.push_back({place, std::move(system).value()});
  }
  if (partitions.empty()) return unfit("a drive without partitions");
  return partitions;
}

PartitionRole role_by_type(const SurveyedPartition& partition) {
  if (partition.system.kind == FileSystemKind::Swap) return PartitionRole::Swap;
  if (partition.place.type == kTypeBiosBoot) return PartitionRole::BiosBoot;
  if (partition.place.type == kTypeEsp || partition.place.type == "0xef") return PartitionRole::Esp;
  return PartitionRole::Other;
}

// Root is where a system starts from; the larger one if there are two.
void name_root(std::vector<ImagePartition>& images, const std::vector<SurveyedPartition>& partitions) {
  const auto rank = [&](std::size_t i) {
    const bool candidate = images[i].role == PartitionRole::Other && images[i].file_system == FileSystemKind::Ext4;
    return candidate ? std::pair(partitions[i].system.has_etc ? 2 : 1, images[i].size_bytes)
                     : std::pair(0, std::uint64_t{0});
  };
  std::size_t best = 0;
  for (std::size_t i = 1; i < images.size(); ++i)
    if (rank(i) > rank(best)) best = i;
  if (rank(best).first > 0) images[best].role = PartitionRole::Root;
}

// What takes the rest of a larger drive: the largest ext4, since we grow it; else the largest of all.
void choose_growing(std::vector<ImagePartition>& images, const std::vector<SurveyedPartition>& partitions) {
  const auto rank = [](const ImagePartition& image) {
    return std::pair(image.file_system == FileSystemKind::Ext4,
                     image.role == PartitionRole::Other ? image.size_bytes + 1 : image.size_bytes);
  };
  const auto best = std::max_element(images.begin(), images.end(),
                                     [&](const auto& one, const auto& other) { return rank(one) < rank(other); });
  const FileSystemSurvey& system = partitions[static_cast<std::size_t>(best - images.begin())].system;
  best->grows = true;
  best->minimum_bytes = system.minimum_blocks * system.block_bytes;
}

std::vector<ImagePartition> describe(const std::vector<SurveyedPartition>& partitions, const CaptureOptions& options,
                                     const Geometry& geometry) {
  std::vector<ImagePartition> images;
  for (const SurveyedPartition& partition : partitions) {
    ImagePartition image;
    image.number = partition.place.number;
    image.role = role_by_type(partition);
    image.type = partition.place.type;
    image.name = partition.place.name;
    image.attributes = partition.place.attributes;
    image.source = partition.place.range;
    image.size_bytes = partition.place.range.count * geometry.logical_bytes;
    image.minimum_bytes = image.size_bytes;
    image.file_system = partition.system.kind;
    image.label = partition.system.label;
    image.uuid = partition.system.uuid;
    image.block_bytes = partition.system.block_bytes;
    image.block_count = partition.system.block_count;
    image.file = partition_file_name(options.disk, partition);
    images.push_back(std::move(image));
  }
  name_root(images, partitions);
  choose_growing(images, partitions);
  return images;
}

class Capture {
 public:
  Capture(BlockReader& source, const Layout& layout, FolderSink& folder, Executor& executor,
          const CaptureOptions& options)
      : source_(source), layout_(layout), folder_(folder), executor_(executor), options_(options) {}

  Result<CaptureReport> run();

 private:
  Result<void> write_small(const std::string& name, std::span<const std::byte> bytes);
  Result<void> write_area(const std::string& name, std::uint64_t offset, std::uint64_t size);
  Result<void> write_texts();
  Result<void> write_boot_code();
  Result<void> write_partition(std::size_t index);
  Result<void> write_manifest();
  void count();

  BlockReader& source_;
  const Layout& layout_;
  FolderSink& folder_;
  Executor& executor_;
  const CaptureOptions& options_;
  std::vector<SurveyedPartition> partitions_;
  CaptureReport report_;
  std::uint64_t done_bytes_ = 0;
};

Result<CaptureReport> Capture::run() {
  const Geometry geometry = source_.geometry();
  if (!is_image_name(options_.name))
    return Error{Errc::Invalid, Stop::Usage, "an image's name is letters, digits, '.', '_' and '-'"};
  partitions_ = TRY(survey_all(source_, layout_));
  for (SurveyedPartition& partition : partitions_) {
    const auto zeros = options_.zeros.find(partition.place.number);
    if (zeros == options_.zeros.end()) continue;
    partition.system.zeros.add(zeros->second);
    if (!partition.system.used.covers(partition.system.zeros)) return unfit("zeros where nothing is used");
  }
  Manifest& manifest = report_.manifest;
  manifest.name = options_.name;
  manifest.created_s = executor_.pc_clock_s();
  manifest.made_by = options_.made_by;
  manifest.source = {.size_bytes = geometry.size_bytes(),
                     .logical_bytes = geometry.logical_bytes,
                     .table = layout_.kind,
                     .disk_id = layout_.disk_id};
  manifest.partitions = describe(partitions_, options_, geometry);
  manifest.minimum_bytes = smallest_drive(manifest.partitions);
  const Result<void> valid = validate_layout(manifest);  // Before an hour of work, not after.
  if (!valid.ok()) return unfit("the drive's layout: " + valid.error().detail);
  count();
  TRY(write_texts());
  TRY(write_boot_code());
  for (std::size_t i = 0; i < partitions_.size(); ++i) TRY(write_partition(i));
  TRY(write_manifest());
  return std::move(report_);
}

void Capture::count() {
  for (const SurveyedPartition& partition : partitions_) {
    report_.used_bytes += partition.system.used.block_count() * partition.system.block_bytes;
    report_.read_bytes +=
        without(partition.system.used, partition.system.zeros).block_count() * partition.system.block_bytes;
  }
}

Result<void> Capture::write_small(const std::string& name, std::span<const std::byte> bytes) {
  const std::unique_ptr<FileSink> file = TRY(folder_.create(name));
  TRY(file->append(bytes));
  TRY(file->finish());
  report_.manifest.files.push_back({name, bytes.size(), sha256(bytes)});
  return {};
}

Result<void> Capture::write_area(const std::string& name, std::uint64_t offset, std::uint64_t size) {
  const Bytes bytes = TRY(read_bytes(source_, offset, static_cast<std::size_t>(size)));
  return write_small(name, bytes);
}

Result<void> Capture::write_texts() {
  const ClonezillaFacts facts{options_.disk, source_.geometry(), layout_,
                              partitions_,   options_.made_by,   report_.manifest.created_s};
  for (const TextFile& file : clonezilla_files(facts)) TRY(write_small(file.name, as_bytes(file.text)));
  return {};
}

// LBA 0 and what lies behind it. A BIOS starts from here if the blocks are its own, there is code in the first 440 bytes
// and, under a GPT, a partition for the rest of it.
Result<void> Capture::write_boot_code() {
  Manifest& manifest = report_.manifest;
  const std::string mbr = options_.disk + "-mbr";
  const std::string gap = options_.disk + "-hidden-data-after-mbr";
  const Bytes first = TRY(read_bytes(source_, 0, kSector));
  TRY(write_small(mbr, first));
  const bool has_code =
      std::any_of(first.begin(), first.begin() + 440, [](std::byte byte) { return byte != std::byte{0}; });
  const auto has_role = [&](PartitionRole role) {
    return std::any_of(manifest.partitions.begin(), manifest.partitions.end(),
                       [&](const ImagePartition& each) { return each.role == role; });
  };
  const Bytes second = TRY(read_bytes(source_, source_.geometry().logical_bytes, kGptSignature.size()));
  const bool has_gpt = layout_.kind == TableKind::Gpt && as_text(second) == kGptSignature;
  BootCode boot{mbr, ""};
  const std::uint64_t gap_end =
      std::min(kLargestGap, partitions_.front().place.range.first * source_.geometry().logical_bytes);
  if (layout_.kind == TableKind::Mbr && gap_end > kSector) {
    TRY(write_area(gap, kSector, gap_end - kSector));
    boot.gap_file = gap;
  }
  if (has_gpt) {
    const std::uint64_t size = source_.geometry().size_bytes();
    TRY(write_area(options_.disk + "-gpt-1st", 0, kGptFirst * kSector));
    TRY(write_area(options_.disk + "-gpt-2nd", size - kGptSecond * kSector, kGptSecond * kSector));
  }
  const bool starts_by_bios = has_code && source_.geometry().logical_bytes == kSector &&
                              (layout_.kind == TableKind::Mbr || has_role(PartitionRole::BiosBoot));
  if (starts_by_bios) manifest.boot = boot;
  if (starts_by_bios) manifest.source.firmware.push_back(Firmware::Bios);
  if (has_role(PartitionRole::Esp)) manifest.source.firmware.push_back(Firmware::Uefi);
  return {};
}

Result<void> Capture::write_partition(std::size_t index) {
  const SurveyedPartition& partition = partitions_[index];
  const FileSystemSurvey& system = partition.system;
  ImagePartition& image = report_.manifest.partitions[index];
  if (image.file.empty()) return {};

  Bytes head;
  if (system.kind != FileSystemKind::Raw) {
    const StreamHeader header{.file_system = system.stream_name,
                              .device_bytes = system.block_count * system.block_bytes,
                              .block_count = system.block_count,
                              .used_by_superblock = system.used_by_superblock,
                              .block_bytes = system.block_bytes};
    if (system.block_count > kLargestBitmap * 8)
      return unfit("partition " + std::to_string(image.number) + ": more blocks than a bitmap of ours maps");
    head = stream_head(header, system.used);
  }
  const std::vector<ChunkPlan> plans = cut_chunks(system.used, system.zeros, system.block_bytes);
  const ChunkSource source{source_, partition.place.range.first, system.block_bytes, plans};
  const auto did = [this](std::uint64_t bytes) {
    done_bytes_ += bytes;
    if (options_.progress) options_.progress(done_bytes_, report_.used_bytes);
  };
  WrittenFrames written =
      TRY(write_frames(image.file, head, source, folder_, executor_, {options_.workers, options_.level, did}));
  image.header_length = static_cast<std::uint32_t>(written.header_frame.size());
  if (!head.empty()) image.header_sha256 = sha256(written.header_frame);
  image.chunks = std::move(written.chunks);
  report_.file_bytes += written.size_bytes;
  for (ImageFile& file : written.files) report_.manifest.files.push_back(std::move(file));
  return {};
}

Result<void> Capture::write_manifest() {
  TRY(validate(report_.manifest));  // What we would refuse to open is not written.
  const std::string text = manifest_text(report_.manifest);
  if (text.size() > kLargestManifest) return unfit("a drive with more used blocks than a manifest of ours holds");
  std::optional<Bytes> signature;
  if (options_.signer)
    signature =
        TRY(cms_sign(as_bytes(text), *options_.signer->key, *options_.signer->certificate, options_.signer->time_s));
  const std::unique_ptr<FileSink> file = TRY(folder_.create(kManifestFile));
  TRY(file->append(as_bytes(text)));
  TRY(file->finish());
  report_.manifest_sha256 = to_hex(sha256(as_bytes(text)));
  if (!signature) return {};
  const std::unique_ptr<FileSink> proof = TRY(folder_.create(kManifestSignatureFile));
  TRY(proof->append(*signature));
  return proof->finish();
}

}  // namespace

Result<CaptureReport> capture(BlockReader& source, const Layout& layout, FolderSink& folder, Executor& executor,
                              const CaptureOptions& options) {
  return Capture(source, layout, folder, executor, options).run();
}

}  // namespace relance
