#include "imager/capture/prepare_master.h"

#include <algorithm>

#include "imager/capture/generalise.h"
#include "imager/capture/partition_names.h"
#include "imager/filesystem/survey.h"
#include "imager/filesystem/swap_header.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestText = 1 << 20;
constexpr std::size_t kSwapHeader = 4096;

// Paths of swap files: what fstab names, and the two names that installers use.
std::vector<std::string> swap_files(std::string_view fstab) {
  std::vector<std::string> files = {"swapfile", "swap.img"};
  for (const std::vector<std::string>& fields : table_lines(fstab)) {
    const bool is_swap_file =
        fields.size() > 2 && fields[2] == "swap" && fields[0].starts_with("/") && !fields[0].starts_with("/dev/");
    if (is_swap_file && std::find(files.begin(), files.end(), fields[0].substr(1)) == files.end())
      files.push_back(fields[0].substr(1));
  }
  return files;
}

class Preparation {
 public:
  Preparation(Ext4Editor& system, const PartitionNames& names, std::uint32_t block_bytes)
      : system_(system), names_(names), block_bytes_(block_bytes) {}

  Result<void> clear_swap_files(ExtentSet& zeros) {
    const std::optional<Bytes> fstab = TRY(system_.read("etc/fstab", kLargestText));
    for (const std::string& file : swap_files(fstab ? as_text(*fstab) : "")) {
      const ExtentSet all = TRY(system_.blocks_behind(file, 0));
      const std::uint64_t size = all.block_count() * block_bytes_;
      if (size <= kSwapHeader) continue;
      const Result<Bytes> header = swap_header(size, "", "");
      if (!header.ok()) continue;  // Too small to be one.
      TRY(system_.write_head(file, header.value()));
      const ExtentSet behind = TRY(system_.blocks_behind(file, kSwapHeader));
      zeros.add(behind);
      removed.push_back({"/" + file, "memory of that PC, in a swap file"});
    }
    return {};
  }

  // Tables have names at the beginning of a line, kernels after "root=": a name is a name wherever it stands.
  Result<void> name_by_uuid() {
    for (const char* path : {"etc/fstab", "etc/crypttab", "etc/default/grub", "boot/grub/grub.cfg",
                             "etc/initramfs-tools/conf.d/resume", "etc/kernel/cmdline"}) {
      const std::optional<Bytes> text = TRY(system_.read(path, kLargestText));
      if (!text) continue;
      Result<std::string> renamed = names_.by_uuid(as_text(*text));
      if (!renamed.ok()) return unfit(std::string("/") + path + ": " + renamed.error().detail);
      const std::string changed = without_resume_offset(renamed.value());
      if (changed == as_text(*text)) continue;
      TRY(system_.write(path, as_bytes(changed)));
      removed.push_back({std::string("/") + path, "names of partitions that a copy does not have"});
    }
    return {};
  }

  std::vector<Removed> removed;

 private:
  Ext4Editor& system_;
  const PartitionNames& names_;
  const std::uint32_t block_bytes_;
};

}  // namespace

Result<PreparedMaster> prepare_master(ChangedDrive& drive, const Layout& layout,
                                      const std::optional<GeneraliseWish>& wish) {
  PreparedMaster prepared;
  PartitionNames names(layout);
  const LayoutPartition* root = nullptr;
  std::uint32_t block_bytes = 0;
  for (const LayoutPartition& place : layout.partitions) {
    if (place.range.empty() || !drive.geometry().whole().covers(place.range)) continue;  // capture() says so.
    PartitionBytes bytes(drive, place.range);
    const Result<FileSystemSurvey> system = survey(bytes);
    if (!system.ok()) continue;  // Likewise.
    names.add_uuid(place.number, system.value());
    if (!system.value().has_etc) continue;
    root = &place;
    block_bytes = system.value().block_bytes;
  }
  if (root == nullptr) {
    if (wish) return unfit("there is no ext4 with a system on it: nothing can be generalised");
    return prepared;
  }
  ChangedPartition bytes(drive, root->range);
  const std::unique_ptr<Ext4Editor> system = TRY(Ext4Editor::open(bytes));
  Preparation preparation(*system, names, block_bytes);
  TRY(preparation.clear_swap_files(prepared.zeros[root->number]));
  TRY(preparation.name_by_uuid());
  prepared.removed = std::move(preparation.removed);
  if (wish) {
    const std::vector<Removed> removed = TRY(generalise(*system, *wish));
    prepared.removed.insert(prepared.removed.end(), removed.begin(), removed.end());
  }
  TRY(system->close());
  return prepared;
}

}  // namespace relance
