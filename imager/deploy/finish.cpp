#include "imager/deploy/finish.h"

#include <algorithm>

#include "imager/deploy/check_boot.h"
#include "imager/deploy/deployed_bytes.h"
#include "imager/deploy/efi_files.h"
#include "imager/deploy/image_content.h"
#include "imager/deploy/system_files.h"
#include "imager/filesystem/fat_volume.h"
#include "imager/filesystem/image_bytes.h"
#include "imager/filesystem/refit_ext4.h"
#include "imager/filesystem/swap_header.h"
#include "imager/partition/boot_code.h"
#include "imager/partition/write_table.h"
#include "wiper/device/read_bytes.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestEtcFile = 64 * 1024;
constexpr std::uint64_t kGapLba = 1;

class Finish {
 public:
  Finish(const FinishSetup& setup, const ContentRequest& request, BlockReader& drive)
      : setup_(setup),
        manifest_(setup.image.manifest()),
        request_(request),
        drive_(drive),
        block_bytes_(request.geometry.logical_bytes),
        overlay_(request.geometry.logical_bytes) {}
  Result<Overlay> make();

 private:
  Result<void> put_boot_code();
  Result<void> put_gap();
  Result<void> move_core(LbaRange target, std::uint64_t old_core);
  Result<void> put_swap(std::size_t index);
  Result<void> refit(std::size_t index);
  Result<void> put_grub_config(std::size_t index);
  void put_pieces(LbaRange partition, const CopyOnWrite& changed);
  Result<std::vector<FileWish>> wishes(ByteReader& held) const;
  ExtentSet zeros_in(std::size_t index) const;

  const FinishSetup& setup_;
  const Manifest& manifest_;
  const ContentRequest& request_;
  BlockReader& drive_;
  std::uint32_t block_bytes_;
  Overlay overlay_;
};

Result<Overlay> Finish::make() {
  overlay_ = TRY(write_table(setup_.tools, setup_.layout, request_.geometry));
  TRY(put_boot_code());
  for (std::size_t i = 0; i < manifest_.partitions.size(); ++i) {
    const ImagePartition& partition = manifest_.partitions[i];
    if (partition.file_system == FileSystemKind::Swap) TRY(put_swap(i));
    if (partition.role == PartitionRole::Esp && partition.file_system == FileSystemKind::Fat) TRY(put_grub_config(i));
    const bool is_ours = partition.grows || partition.role == PartitionRole::Root;
    if (partition.file_system == FileSystemKind::Ext4 && is_ours) TRY(refit(i));
  }
  return std::move(overlay_);
}

Result<void> Finish::put_boot_code() {
  if (!manifest_.boot || !has_bios_blocks(manifest_, request_.geometry)) return {};
  const Bytes master = TRY(setup_.image.small_file(manifest_.boot->first_block_file));
  std::uint64_t old_core = kGapLba;
  std::uint64_t new_core = kGapLba;
  for (std::size_t i = 0; i < manifest_.partitions.size(); ++i) {
    if (manifest_.partitions[i].role != PartitionRole::BiosBoot) continue;
    old_core = manifest_.partitions[i].source.first;
    new_core = setup_.layout.partitions[i].range.first;
    if (is_grub_boot_code(master)) TRY(move_core(setup_.layout.partitions[i].range, old_core));
  }
  if (!manifest_.boot->gap_file.empty()) TRY(put_gap());
  const auto table = overlay_.block(0);
  require(table.has_value(), "a table without LBA 0");
  Bytes first_block(table->begin(), table->end());
  TRY(place_boot_code(first_block, master, old_core, new_core));
  overlay_.put(0, first_block);
  return {};
}

Result<void> Finish::move_core(LbaRange target, std::uint64_t old_core) {
  Bytes core = TRY(read_bytes(drive_, target.first * block_bytes_, block_bytes_));
  TRY(move_block_list(core, old_core, target.first));
  overlay_.put(target.first, core);
  return {};
}

// What lies between LBA 0 and the first partition, without the zeros at its end.
Result<void> Finish::put_gap() {
  Bytes gap = TRY(setup_.image.small_file(manifest_.boot->gap_file));
  while (!gap.empty() && gap.back() == std::byte{0}) gap.pop_back();
  gap.resize((gap.size() + block_bytes_ - 1) / block_bytes_ * block_bytes_);
  const std::uint64_t behind = setup_.layout.partitions.front().range.first;
  if (kGapLba + gap.size() / block_bytes_ > behind || setup_.layout.kind == TableKind::Gpt)
    return Error{Errc::Corrupt, Stop::BootUnfit, "the master's boot code does not fit in front of the first partition"};
  if (!gap.empty()) overlay_.put(kGapLba, gap);
  return {};
}

Result<void> Finish::put_swap(std::size_t index) {
  const LbaRange range = setup_.layout.partitions[index].range;
  const ImagePartition& partition = manifest_.partitions[index];
  const Bytes page = TRY(swap_header(range.count * block_bytes_, partition.uuid, partition.label));
  overlay_.put(range.first, page);
  return {};
}

// What the erase proved zero and the image has not written since.
ExtentSet Finish::zeros_in(std::size_t index) const {
  const LbaRange partition = setup_.layout.partitions[index].range;
  const ExtentSet written = written_blocks(manifest_.partitions[index], partition, request_.geometry);
  const ExtentSet zeros = without(request_.proven_zero.cropped(partition), written);
  ExtentSet units;
  const std::uint64_t per_block = block_bytes_ / kZeroUnit;
  for (const LbaRange range : zeros.ranges())
    units.add({(range.first - partition.first) * per_block, range.count * per_block});
  return units;
}

Result<std::vector<FileWish>> Finish::wishes(ByteReader& held) const {
  SystemAsDeployed system;
  system.hostname = TRY(read_ext4_file(held, kHostnameFile, kLargestEtcFile));
  system.hosts = TRY(read_ext4_file(held, kHostsFile, kLargestEtcFile));
  const std::optional<Bytes> machine_id = TRY(read_ext4_file(held, kMachineIdFile, kLargestEtcFile));
  system.has_machine_id = machine_id.has_value();
  return system_files(request_, system);
}

Result<void> Finish::refit(std::size_t index) {
  const LbaRange range = setup_.layout.partitions[index].range;
  const std::uint64_t partition_bytes = range.count * block_bytes_;
  const std::uint64_t system_bytes = manifest_.partitions[index].block_count * manifest_.partitions[index].block_bytes;
  ImageBytes image(setup_.image, index);
  DeployedBytes held(drive_, range, image, std::max(partition_bytes, system_bytes));

  RefitRequest request{.size_bytes = partition_bytes, .files = {}, .zeros = zeros_in(index)};
  if (!manifest_.partitions[index].grows) request.size_bytes = std::min(partition_bytes, system_bytes);
  if (manifest_.partitions[index].role == PartitionRole::Root) request.files = TRY(wishes(held));
  const ChangedBlocks changes = TRY(refit_ext4(setup_.tools, held, request));
  for (const auto& [offset, bytes] : changes) overlay_.put(range.first + offset / block_bytes_, bytes);
  return {};
}

// Whole pieces, whatever of them changed: they are few.
void Finish::put_pieces(LbaRange partition, const CopyOnWrite& changed) {
  for (const auto& [offset, bytes] : changed.pieces()) overlay_.put(partition.first + offset / block_bytes_, bytes);
}

Result<void> Finish::put_grub_config(std::size_t index) {
  const LbaRange range = setup_.layout.partitions[index].range;
  PartitionBytes held(drive_, range);
  const std::optional<Bytes> config = TRY(missing_grub_config(held, root_uuid(manifest_)));
  if (!config) return {};
  CopyOnWrite changed(held);
  TRY(add_fat_file(changed, kEfiBootFolder, kGrubConfigName, *config));
  put_pieces(range, changed);
  return {};
}

}  // namespace

Result<Overlay> finish_overlay(const FinishSetup& setup, const ContentRequest& request, BlockReader& drive) {
  return Finish(setup, request, drive).make();
}

}  // namespace relance
