#include "imager/format/foreign.h"

#include <algorithm>
#include <map>

#include "imager/format/foreign_chunks.h"
#include "imager/format/sfdisk_dump.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestText = std::uint64_t{1} << 20;
constexpr std::string_view kTableSuffix = "-pt.sf";
constexpr std::string_view kInfix = "-ptcl-img.";

// "sda3.ext4-ptcl-img.zst.aa" → device "sda3", file system "ext4", compression "zst".
struct PartitionFile {
  std::string system;
  std::string compression;
  std::vector<std::string> volumes;  // In order.
};
using PartitionFiles = std::map<std::string, PartitionFile>;  // By device.

PartitionFiles partition_files(const std::vector<std::string>& names) {
  PartitionFiles files;
  for (const std::string& name : names) {  // Sorted, so the volumes are in order.
    const std::size_t infix = name.find(kInfix);
    const std::size_t dot = name.find('.');
    if (infix == std::string::npos || dot >= infix) continue;
    const std::string rest = name.substr(infix + kInfix.size());
    PartitionFile& file = files[name.substr(0, dot)];
    file.system = name.substr(dot + 1, infix - dot - 1);
    file.compression = rest.substr(0, rest.find('.'));
    file.volumes.push_back(name);
  }
  return files;
}

// The one "X.zst" of a folder that holds nothing else of the kind.
std::vector<std::string> bare_files(const std::vector<std::string>& names) {
  std::vector<std::string> bare;
  for (const std::string& name : names)
    if (name.ends_with(".zst") && name.find(kInfix) == std::string::npos) bare.push_back(name);
  return bare;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::uint64_t aligned(std::uint64_t bytes) {
  return (bytes + kLayoutAlignment - 1) / kLayoutAlignment * kLayoutAlignment;
}

FileSystemKind kind_of(const std::string& stream_name) {
  if (stream_name == "EXTFS") return FileSystemKind::Ext4;
  return stream_name.starts_with("FAT") ? FileSystemKind::Fat : FileSystemKind::Raw;
}

PartitionRole role_of(const std::string& type, FileSystemKind kind) {
  if (kind == FileSystemKind::Swap) return PartitionRole::Swap;
  if (type == kTypeBiosBoot) return PartitionRole::BiosBoot;
  if (type == kTypeEsp || type == "0xef") return PartitionRole::Esp;
  return PartitionRole::Other;
}

class Opener {
 public:
  Opener(std::shared_ptr<FolderSource> folder, const std::vector<std::string>& names, const Progress& progress)
      : folder_(std::move(folder)), names_(names), progress_(progress), files_(partition_files(names)) {}

  Result<ForeignImage> open();

 private:
  struct Opened {
    ImagePartition partition;
    std::unique_ptr<FileSource> file;
    StreamRoom room;
  };
  Result<DumpedTable> read_table();
  Result<void> measure();
  Result<std::unique_ptr<FileSource>> open_volumes(const PartitionFile& file);
  Result<void> open_partition(const DumpedPartition& place);
  Result<void> open_stream(Opened opened, const PartitionFile& file);
  Result<std::string> swap_uuid(const std::string& device);
  Result<void> open_bare(const PartitionFile& saved);
  Result<void> add_boot(const DumpedTable& table);
  Result<bool> add_small(const std::string& name);
  Result<std::string> read_text(const std::string& name);
  void choose_root();

  std::shared_ptr<FolderSource> folder_;
  const std::vector<std::string>& names_;
  const Progress& progress_;
  PartitionFiles files_;
  std::string disk_;
  std::uint32_t sector_bytes_ = 512;
  std::uint64_t all_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;
  Manifest manifest_;
  std::vector<Opened> opened_;
};

Result<ForeignImage> Opener::open() {
  manifest_.name = "foreign";
  const bool has_table =
      std::any_of(names_.begin(), names_.end(), [](const std::string& name) { return name.ends_with(kTableSuffix); });
  if (files_.empty()) files_["sda1"] = {"", "zst", bare_files(names_)};
  TRY(measure());
  if (!has_table && files_.size() == 1) {
    TRY(open_bare(files_.begin()->second));
  } else {
    const DumpedTable table = TRY(read_table());
    for (const DumpedPartition& place : table.partitions) TRY(open_partition(place));
    TRY(add_boot(table));
  }
  if (opened_.empty()) return damaged_image("no partition of the table has a file");
  choose_root();

  ForeignImage image;
  for (Opened& each : opened_) manifest_.partitions.push_back(std::move(each.partition));
  manifest_.minimum_bytes = smallest_drive(manifest_.partitions);
  TRY(validate_layout(manifest_));
  image.manifest = std::make_shared<const Manifest>(std::move(manifest_));
  for (std::size_t i = 0; i < opened_.size(); ++i) {
    std::shared_ptr<ChunkReader> reader;
    if (opened_[i].file)
      reader =
          std::make_shared<ForeignChunks>(image.manifest->partitions[i], std::move(opened_[i].file), opened_[i].room);
    image.readers.push_back(std::move(reader));
  }
  return image;
}

// The table of the one disk whose partitions these are.
Result<DumpedTable> Opener::read_table() {
  std::vector<std::string> dumps;
  for (const std::string& name : names_)
    if (name.ends_with(kTableSuffix)) dumps.push_back(name);
  if (dumps.empty()) return damaged_image("an image of partitions without their table (…-pt.sf)");
  if (dumps.size() > 1) return Error{Errc::Unsupported, Stop::ImageHostile, "an image of several disks"};
  disk_ = dumps.front().substr(0, dumps.front().size() - kTableSuffix.size());
  const std::string text = TRY(read_text(dumps.front()));
  DumpedTable table = TRY(parse_sfdisk_dump(text));
  manifest_.source.table = table.kind;
  manifest_.source.logical_bytes = table.sector_bytes;
  manifest_.source.disk_id = table.disk_id;
  const LbaRange last = table.partitions.back().range;
  const std::uint64_t blocks =
      std::max(last.end(), table.last_lba + 1) + kLayoutAlignment / table.sector_bytes;  // And its backup table.
  manifest_.source.size_bytes = blocks * table.sector_bytes;
  sector_bytes_ = table.sector_bytes;
  return table;
}

Result<void> Opener::measure() {
  for (const auto& [device, file] : files_)
    for (const std::string& volume : file.volumes) {
      const std::unique_ptr<FileSource> opened = TRY(folder_->open(volume));
      all_bytes_ += opened->size_bytes();
    }
  return {};
}

Result<std::unique_ptr<FileSource>> Opener::open_volumes(const PartitionFile& file) {
  if (file.compression != "zst")
    return Error{Errc::Unsupported, Stop::ImageHostile,
                 file.volumes.front() + ": compressed with " + file.compression + ", we read zst"};
  std::vector<std::unique_ptr<FileSource>> parts;
  for (const std::string& volume : file.volumes) {
    std::unique_ptr<FileSource> part = TRY(folder_->open(volume));
    parts.push_back(std::move(part));
  }
  return std::unique_ptr<FileSource>(std::make_unique<JoinedFile>(std::move(parts)));
}

Result<void> Opener::open_partition(const DumpedPartition& place) {
  Opened opened;
  ImagePartition& partition = opened.partition;
  partition.number = place.number;
  partition.type = place.type;
  partition.name = place.name;
  partition.attributes = place.attributes;
  partition.source = place.range;
  partition.size_bytes = place.range.count * sector_bytes_;
  partition.minimum_bytes = partition.size_bytes;
  const auto file = files_.find(place.device);
  if (file != files_.end()) return open_stream(std::move(opened), file->second);

  const std::string swap_file = "swappt-" + place.device + ".info";
  if (place.type == kTypeLinuxSwap || place.type == "0x82" || has(names_, swap_file)) {
    partition.file_system = FileSystemKind::Swap;
    partition.role = PartitionRole::Swap;
    partition.block_bytes = 4096;
    partition.block_count = partition.size_bytes / partition.block_bytes;
    if (has(names_, swap_file)) partition.uuid = TRY(swap_uuid(swap_file));
    opened_.push_back(std::move(opened));
    return {};
  }
  // Older Clonezillas leave the BIOS-boot partition out; what they made starts by UEFI only.
  if (place.type == kTypeBiosBoot) return {};
  return damaged_image("the table has " + place.device + ", the folder has no file of it");
}

Result<void> Opener::open_stream(Opened opened, const PartitionFile& file) {
  ImagePartition& partition = opened.partition;
  opened.file = TRY(open_volumes(file));
  opened.room = {partition.size_bytes, file.system == "dd"};
  IndexedStream index = TRY(index_stream(*opened.file, opened.room, [&](std::uint64_t at) {
    if (progress_) progress_(done_bytes_ + at, all_bytes_);
  }));
  done_bytes_ += opened.file->size_bytes();
  partition.file = file.volumes.front();
  partition.file_system = kind_of(index.header.file_system);
  partition.role = role_of(partition.type, partition.file_system);
  partition.block_bytes = index.header.block_bytes;
  partition.block_count = index.header.block_count;
  partition.chunks = std::move(index.chunks);
  opened_.push_back(std::move(opened));
  return {};
}

// UUID="…" in a line of its own.
Result<std::string> Opener::swap_uuid(const std::string& name) {
  constexpr std::string_view kBefore = "UUID=\"";
  const std::string text = TRY(read_text(name));
  const std::size_t begin = text.find(kBefore);
  if (begin == std::string::npos) return std::string();
  std::string uuid = text.substr(begin + kBefore.size());
  uuid = uuid.substr(0, uuid.find('"'));
  for (char& letter : uuid)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
  return uuid;
}

// One partition and nothing about its disk: it becomes the only one of a GPT, and nothing starts from it by itself.
Result<void> Opener::open_bare(const PartitionFile& saved) {
  Opened opened;
  const std::unique_ptr<FileSource> file = TRY(open_volumes(saved));
  FrameStream stream(*file);
  const StreamBlocks blocks = TRY(StreamBlocks::open(stream, {~std::uint64_t{0}, false}));
  ImagePartition& partition = opened.partition;
  partition.number = 1;
  partition.type = kTypeLinux;
  partition.size_bytes = aligned(blocks.header().device_bytes);
  partition.minimum_bytes = partition.size_bytes;
  partition.source = {kLayoutAlignment / sector_bytes_, partition.size_bytes / sector_bytes_};
  manifest_.source.size_bytes = partition.size_bytes + 2 * kLayoutAlignment;
  return open_stream(std::move(opened), saved);
}

// GRUB's first block, and what lies behind it on an MBR disk.
Result<void> Opener::add_boot(const DumpedTable& table) {
  BootCode boot{disk_ + "-mbr", disk_ + "-hidden-data-after-mbr"};
  const bool has_first = TRY(add_small(boot.first_block_file));
  const bool has_gap = TRY(add_small(boot.gap_file));
  if (!has_gap) boot.gap_file.clear();
  const auto has_role = [&](PartitionRole role) {
    return std::any_of(opened_.begin(), opened_.end(), [&](const Opened& each) { return each.partition.role == role; });
  };
  const bool by_bios =
      has_first && sector_bytes_ == 512 && (table.kind == TableKind::Mbr ? has_gap : has_role(PartitionRole::BiosBoot));
  if (by_bios) manifest_.boot = boot;
  if (by_bios) manifest_.source.firmware.push_back(Firmware::Bios);
  if (has_role(PartitionRole::Esp)) manifest_.source.firmware.push_back(Firmware::Uefi);
  return {};
}

// False: there is no such file, or it is larger than boot code can be.
Result<bool> Opener::add_small(const std::string& name) {
  if (!has(names_, name)) return false;
  const std::unique_ptr<FileSource> file = TRY(folder_->open(name));
  if (file->size_bytes() > kLargestSmallFile) return false;
  const Bytes bytes = TRY(read_whole(*file, kLargestSmallFile));
  manifest_.files.push_back({name, bytes.size(), sha256(bytes)});
  return true;
}

Result<std::string> Opener::read_text(const std::string& name) {
  const std::unique_ptr<FileSource> file = TRY(folder_->open(name));
  const Bytes bytes = TRY(read_whole(*file, kLargestText));
  return std::string(as_text(bytes));
}

// The largest ext4, which also grows; else the largest of all grows.
void Opener::choose_root() {
  const auto rank = [](const Opened& each) {
    const bool plain = each.partition.role == PartitionRole::Other;
    return std::pair((each.partition.file_system == FileSystemKind::Ext4 ? 2 : 0) + (plain ? 1 : 0),
                     each.partition.size_bytes);
  };
  ImagePartition& best = std::max_element(opened_.begin(), opened_.end(), [&](const Opened& one, const Opened& other) {
                           return rank(one) < rank(other);
                         })->partition;
  best.grows = true;
  if (best.file_system != FileSystemKind::Ext4) return;
  if (best.role == PartitionRole::Other) best.role = PartitionRole::Root;
  const std::uint64_t end = best.chunks.empty() ? 1 : best.chunks.back().extents.ranges().back().end();
  best.minimum_bytes = std::min(best.size_bytes, end * best.block_bytes);
}

}  // namespace

bool looks_foreign(const std::vector<std::string>& names) {
  return !partition_files(names).empty() || bare_files(names).size() == 1;
}

Result<ForeignImage> open_foreign(std::shared_ptr<FolderSource> folder, const std::vector<std::string>& names,
                                  const Progress& progress) {
  return Opener(std::move(folder), names, progress).open();
}

}  // namespace relance
