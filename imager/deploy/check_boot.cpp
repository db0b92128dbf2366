#include "imager/deploy/check_boot.h"

#include <algorithm>

#include "imager/deploy/efi_files.h"
#include "imager/filesystem/fat_volume.h"
#include "imager/filesystem/image_bytes.h"
#include "imager/filesystem/refit_ext4.h"
#include "imager/partition/boot_code.h"
#include "imager/partition/gpt.h"
#include "imager/partition/mbr.h"
#include "imager/partition/read_layout.h"
#include "wiper/device/read_bytes.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestLoader = std::uint64_t{64} << 20;
constexpr std::uint64_t kGapLba = 1;

Error unfit(std::string why) { return {Errc::Corrupt, Stop::BootUnfit, std::move(why)}; }

// What a parser found wrong is what would keep the drive from starting; what the drive itself answers stays.
template <class T>
Result<T> as_unfit(Result<T> result, const std::string& where) {
  if (result.ok() || (result.error().code != Errc::Corrupt && result.error().code != Errc::Refused)) return result;
  return unfit(where + ": " + result.error().detail);
}

class BootCheck {
 public:
  BootCheck(BlockReader& drive, const ImageFolder& image)
      : drive_(drive), image_(image), manifest_(image.manifest()), block_bytes_(drive.geometry().logical_bytes) {}
  Result<BootReport> check();

 private:
  Result<void> check_tables();
  Result<void> check_partitions() const;
  Result<void> check_bios();
  Result<void> check_core(std::size_t index, LbaRange range);
  Result<void> check_gap();
  Result<void> check_efi(std::size_t index);
  Result<void> check_root(std::size_t index);
  bool starts_under(Firmware firmware) const {
    const auto& all = manifest_.source.firmware;
    return std::find(all.begin(), all.end(), firmware) != all.end();
  }

  BlockReader& drive_;
  const ImageFolder& image_;
  const Manifest& manifest_;
  std::uint32_t block_bytes_;
  Layout layout_;
  BootReport report_;
};

Result<void> BootCheck::check_tables() {
  layout_ = TRY(as_unfit(read_layout(drive_), "partition table"));
  if (layout_.kind != manifest_.source.table) return unfit("a partition table of another kind than the image's");
  if (layout_.kind == TableKind::Mbr) return {};
  const GptTable primary = TRY(as_unfit(read_gpt(drive_, kGptPrimaryLba), "primary GPT"));
  const std::uint64_t last = drive_.geometry().block_count - 1;
  const GptTable backup = TRY(as_unfit(read_gpt(drive_, last), "backup GPT"));
  const bool agree = primary.header.other_lba == last && backup.header.other_lba == kGptPrimaryLba &&
                     primary.header.disk_guid == backup.header.disk_guid &&
                     primary.header.usable == backup.header.usable && primary.partitions == backup.partitions;
  if (!agree) return unfit("the two copies of the GPT differ");
  return {};
}

Result<void> BootCheck::check_partitions() const {
  if (layout_.partitions.size() != manifest_.partitions.size()) return unfit("other partitions than the image's");
  for (std::size_t i = 0; i < layout_.partitions.size(); ++i) {
    const LayoutPartition& actual = layout_.partitions[i];
    const ImagePartition& wanted = manifest_.partitions[i];
    const bool same = actual.number == wanted.number && actual.type == wanted.type &&
                      actual.attributes == wanted.attributes &&
                      (layout_.kind == TableKind::Mbr || actual.name == wanted.name);
    if (!same) return unfit("partition " + std::to_string(wanted.number) + " is not as the image has it");
  }
  return {};
}

Result<void> BootCheck::check_core(std::size_t index, LbaRange range) {
  const std::uint64_t old_core = manifest_.partitions[index].source.first;
  ImageBytes image(image_, index);
  const std::size_t size =
      static_cast<std::size_t>(std::min<std::uint64_t>(image.size_bytes(), range.count * block_bytes_));
  Bytes wanted(size);
  TRY(image.read(0, wanted));
  TRY(move_block_list(wanted, old_core, range.first));
  const Bytes actual = TRY(read_bytes(drive_, range.first * block_bytes_, size));
  const std::vector<BlockListEntry> list = TRY(read_block_list(actual, range.first));
  for (const BlockListEntry& entry : list)
    if (!range.covers({entry.first, entry.count})) return unfit("GRUB's block list leaves its partition");
  if (actual != wanted) return unfit("GRUB's core image is not the master's");
  return {};
}

Result<void> BootCheck::check_gap() {
  Bytes wanted = TRY(image_.small_file(manifest_.boot->gap_file));
  while (!wanted.empty() && wanted.back() == std::byte{0}) wanted.pop_back();
  const Bytes actual = TRY(read_bytes(drive_, kGapLba * block_bytes_, wanted.size()));
  if (actual != wanted) return unfit("what follows LBA 0 is not the master's");
  return {};
}

Result<void> BootCheck::check_bios() {
  if (!manifest_.boot || !has_bios_blocks(manifest_, drive_.geometry())) return {};
  const Bytes master = TRY(image_.small_file(manifest_.boot->first_block_file));
  const Bytes actual = TRY(read_bytes(drive_, 0, kBootBlockBytes));
  std::uint64_t old_core = kGapLba;
  std::uint64_t new_core = kGapLba;
  for (std::size_t i = 0; i < manifest_.partitions.size(); ++i) {
    if (manifest_.partitions[i].role != PartitionRole::BiosBoot) continue;
    old_core = manifest_.partitions[i].source.first;
    new_core = layout_.partitions[i].range.first;
    if (is_grub_boot_code(master)) TRY(check_core(i, layout_.partitions[i].range));
  }
  if (!manifest_.boot->gap_file.empty()) TRY(check_gap());
  Bytes wanted = actual;
  TRY(place_boot_code(wanted, master, old_core, new_core));
  if (actual != wanted) return unfit("the boot code in LBA 0 is not the master's, or looks for GRUB elsewhere");
  report_.bios = starts_under(Firmware::Bios);
  return {};
}

Result<void> BootCheck::check_efi(std::size_t index) {
  PartitionBytes held(drive_, layout_.partitions[index].range);
  ImageBytes image(image_, index);
  report_.efi_files = TRY(as_unfit(removable_loaders(image), "EFI partition of the image"));
  FatVolume master = TRY(as_unfit(FatVolume::open(image), "EFI partition of the image"));
  FatVolume actual = TRY(as_unfit(FatVolume::open(held), "EFI partition"));
  for (const std::string& path : report_.efi_files) {
    const std::optional<Bytes> wanted = TRY(as_unfit(master.read_file(path, kLargestLoader), path));
    const std::optional<Bytes> found = TRY(as_unfit(actual.read_file(path, kLargestLoader), path));
    if (!wanted || found != wanted) return unfit(path + " is not the master's");
  }
  const std::optional<Bytes> missing = TRY(as_unfit(missing_grub_config(held, root_uuid(manifest_)), "EFI partition"));
  if (missing) return unfit("EFI/BOOT has no grub.cfg");
  report_.uefi = starts_under(Firmware::Uefi) && !report_.efi_files.empty();
  return {};
}

Result<void> BootCheck::check_root(std::size_t index) {
  const LbaRange range = layout_.partitions[index].range;
  PartitionBytes held(drive_, range);
  const Ext4Facts facts = TRY(as_unfit(read_ext4_facts(held), "root"));
  const std::string& wanted = manifest_.partitions[index].uuid;  // Empty: of an image made elsewhere.
  if (!wanted.empty() && facts.uuid != wanted) return unfit("root has another UUID: nobody would find it");
  if (facts.size_bytes > range.count * block_bytes_) return unfit("root is larger than its partition");
  return {};
}

Result<BootReport> BootCheck::check() {
  TRY(check_tables());
  TRY(check_partitions());
  TRY(check_bios());
  for (std::size_t i = 0; i < manifest_.partitions.size(); ++i) {
    const ImagePartition& partition = manifest_.partitions[i];
    if (partition.role == PartitionRole::Esp && partition.file_system == FileSystemKind::Fat) TRY(check_efi(i));
    if (partition.role == PartitionRole::Root && partition.file_system == FileSystemKind::Ext4) TRY(check_root(i));
  }
  if (!manifest_.source.firmware.empty() && !report_.bios && !report_.uefi)
    return unfit("neither a BIOS nor UEFI would start it");
  return report_;
}

}  // namespace

bool has_bios_blocks(const Manifest& manifest, const Geometry& geometry) {
  return geometry.logical_bytes == kBootBlockBytes && manifest.source.logical_bytes == kBootBlockBytes;
}

Result<BootReport> check_boot(BlockReader& drive, const ImageFolder& image) { return BootCheck(drive, image).check(); }

}  // namespace relance
