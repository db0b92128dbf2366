#include "imager/deploy/efi_files.h"

#include <algorithm>

#include "imager/filesystem/fat_volume.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestConfig = 64 * 1024;

bool ends_in_efi(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  return name.ends_with(".efi");
}

// Beside another loader, the first in the order of the volume: "EFI/debian/grub.cfg". Empty: none.
Result<std::string> config_of_other_loader(FatVolume& volume) {
  const auto folders = TRY(volume.list("EFI"));
  if (!folders) return std::string();
  for (const FatEntry& folder : *folders) {
    std::string path = "EFI/" + folder.name + "/" + kGrubConfigName;
    const std::optional<FatEntry> there = TRY(volume.find(path));
    if (there && !there->is_folder) return path;
  }
  return std::string();
}

Bytes config_for(const std::string& uuid) {
  const std::string text =
      "search.fs_uuid " + uuid + " root\nset prefix=($root)/boot/grub\nconfigfile ($root)/boot/grub/grub.cfg\n";
  return {as_bytes(text).begin(), as_bytes(text).end()};
}

}  // namespace

Result<std::vector<std::string>> removable_loaders(ByteReader& esp) {
  FatVolume volume = TRY(FatVolume::open(esp));
  const auto entries = TRY(volume.list(kEfiBootFolder));
  std::vector<std::string> loaders;
  if (!entries) return loaders;
  for (const FatEntry& entry : *entries)
    if (!entry.is_folder && ends_in_efi(entry.name)) loaders.push_back(std::string(kEfiBootFolder) + "/" + entry.name);
  std::sort(loaders.begin(), loaders.end());
  return loaders;
}

Result<std::optional<Bytes>> missing_grub_config(ByteReader& esp, const std::string& root_uuid) {
  const std::vector<std::string> loaders = TRY(removable_loaders(esp));
  if (loaders.empty()) return std::optional<Bytes>();
  FatVolume volume = TRY(FatVolume::open(esp));
  const auto there = TRY(volume.find(std::string(kEfiBootFolder) + "/" + kGrubConfigName));
  if (there) return std::optional<Bytes>();
  const std::string other = TRY(config_of_other_loader(volume));
  if (!other.empty()) return volume.read_file(other, kLargestConfig);
  if (root_uuid.empty()) return std::optional<Bytes>();
  return std::optional(config_for(root_uuid));
}

std::string root_uuid(const Manifest& manifest) {
  for (const ImagePartition& partition : manifest.partitions)
    if (partition.role == PartitionRole::Root) return partition.uuid;
  return "";
}

}  // namespace relance
