#pragma once
// A master that would boot: GRUB for a BIOS in its place, GRUB for UEFI on the ESP, an ext4 with the files that deploying
// touches, swap. Made without root, captured into memory.

#include "imager/capture/capture.h"
#include "tests/support/inline_executor.h"
#include "tests/support/memory_drive.h"
#include "tests/support/memory_folder.h"
#include "tests/support/shell.h"

namespace relance {

inline constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;

struct MasterOptions {
  TableKind table = TableKind::Gpt;
  std::uint32_t logical_bytes = 512;
  std::string mke2fs = "-b 4096";
  std::uint64_t root_bytes = 96 * kMiB;
  std::string mkfs_fat = "-F 32";
  std::uint64_t esp_bytes = 40 * kMiB;
  std::string esp_more = "true";        // Done to the file "esp" once it has its loaders.
  std::optional<CaptureSigner> signer;  // Without it the image is opened unsigned.
};

struct Master {
  std::shared_ptr<MemoryFolder> folder;
  std::shared_ptr<const ImageFolder> image;
  Layout layout;
};

inline std::string no_master() {
  for (const char* program : {"mke2fs", "mkfs.fat", "mcopy", "mkswap", "grub-mkimage", "sgdisk", "debugfs"})
    if (!has_program(program)) return std::string("the program ") + program + " is not installed";
  if (!std::filesystem::exists("/usr/lib/grub/i386-pc/boot.img")) return "GRUB for a BIOS is not installed";
  return "";
}

// As grub-bios-setup leaves it; by hand, so that our own code is not its own judge.
inline void install_grub(MemoryDrive& drive, std::uint64_t core_lba, const Bytes& boot, const Bytes& core) {
  const auto at = [&](std::uint64_t lba) { return drive.platter.begin() + static_cast<std::ptrdiff_t>(lba * 512); };
  std::copy_n(boot.begin(), 440, at(0));
  for (int i = 0; i < 8; ++i)
    drive.platter[0x5c + static_cast<std::size_t>(i)] = static_cast<std::byte>(core_lba >> (8 * i));
  drive.platter[0x66] = drive.platter[0x67] = std::byte{0x90};
  std::copy(core.begin(), core.end(), at(core_lba));
  const std::uint64_t rest = core_lba + 1;
  const std::size_t count = (core.size() + 511) / 512 - 1;
  const auto list = at(core_lba) + 0x1f4;
  for (int i = 0; i < 8; ++i) list[i] = static_cast<std::byte>(rest >> (8 * i));
  list[8] = static_cast<std::byte>(count);
  list[9] = static_cast<std::byte>(count >> 8);
}

inline Master make_master(const TemporaryFolder& folder, const MasterOptions& options = {}) {
  const auto run = [&](const std::string& command) {
    const auto outcome = folder.run(command);
    require(outcome.exit_code == 0, outcome.output.c_str());
  };
  const bool gpt = options.table == TableKind::Gpt;
  const std::string mib = std::to_string(options.root_bytes / kMiB) + "M";
  run("rm -rf tree && mkdir -p tree/etc tree/home tree/usr/share tree/boot/grub && echo master >tree/etc/hostname && "
      "echo / >tree/etc/fstab && printf '127.0.0.1\\tlocalhost\\n127.0.1.1\\tmaster.lan master\\n' >tree/etc/hosts && "
      "echo 0123456789abcdef0123456789abcdef >tree/etc/machine-id && head -c 9000000 /dev/urandom >tree/home/big && "
      "head -c 5000000 /dev/zero >tree/home/zeros && for i in $(seq 1 300); do echo $i >tree/usr/share/name-$i; done");
  run("rm -f root && mke2fs -q -F -t ext4 -L racine -U 01234567-89ab-4def-8123-456789abcdef " + options.mke2fs +
      " -d tree root " + mib);
  run("rm -f esp && truncate -s " + std::to_string(options.esp_bytes) + " esp && mkfs.fat " + options.mkfs_fat +
      " -S " + std::to_string(options.logical_bytes) +
      " -s 1 -i 1234abcd -n ESP esp >/dev/null && mmd -i esp ::EFI ::EFI/BOOT ::EFI/debian && "
      "grub-mkimage -O x86_64-efi -p /EFI/BOOT -o loader fat part_gpt normal search && "
      "mcopy -i esp loader ::EFI/BOOT/BOOTX64.EFI && mcopy -i esp loader ::EFI/debian/grubx64.efi && "
      "echo 'search.fs_uuid 01234567-89ab-4def-8123-456789abcdef root' >cfg && mcopy -i esp cfg ::EFI/debian/grub.cfg "
      "&& " +
      options.esp_more);
  run("rm -f swap && truncate -s 4M swap && chmod 600 swap && mkswap -L echange -U "
      "aaaaaaaa-89ab-4def-8123-456789abcdef swap");
  run("grub-mkimage -O i386-pc -p '(,gpt3)/boot/grub' -o core biosdisk part_gpt part_msdos ext2 normal");

  MemoryDrive drive({.block_count = (options.root_bytes + options.esp_bytes + 24 * kMiB) / options.logical_bytes,
                     .logical_bytes = options.logical_bytes,
                     .physical_bytes = 4096},
                    std::byte{0});
  Layout layout{options.table, gpt ? "11111111-2222-4333-8444-555555555555" : "0x1a2b3c4d", {}};
  std::uint64_t at = 3 * kMiB;  // Not where we would put it.
  const auto place = [&](std::uint32_t number, std::string_view type_gpt, const char* type_mbr, std::uint64_t size,
                         const Bytes& bytes) {
    std::copy(bytes.begin(), bytes.end(), drive.platter.begin() + static_cast<std::ptrdiff_t>(at));
    layout.partitions.push_back({.number = number,
                                 .range = {at / options.logical_bytes, size / options.logical_bytes},
                                 .type = gpt ? std::string(type_gpt) : type_mbr,
                                 .name = gpt ? "numéro " + std::to_string(number) : "",
                                 .guid = gpt ? "99999999-2222-4333-8444-00000000000" + std::to_string(number) : "",
                                 .attributes = !gpt && number == 3 ? 1U : 0U});
    at += size;
  };
  if (gpt) place(1, kTypeBiosBoot, "", kMiB, {});
  place(2, kTypeEsp, "0xef", options.esp_bytes, folder.read("esp"));
  place(3, kTypeLinux, "0x83", options.root_bytes, folder.read("root"));
  place(4, kTypeLinuxSwap, "0x82", 4 * kMiB, folder.read("swap"));
  run("cp /usr/lib/grub/i386-pc/boot.img boot");
  if (options.logical_bytes == 512) install_grub(drive, gpt ? 3 * 2048 : 1, folder.read("boot"), folder.read("core"));

  auto files = std::make_shared<MemoryFolder>();
  InlineExecutor executor;
  const Result<CaptureReport> report =
      capture(drive, layout, *files, executor, {.name = "essai", .made_by = "a test", .signer = options.signer});
  require(report.ok(), report.ok() ? "" : report.error().detail.c_str());
  Result<ImageFolder> image = ImageFolder::open(files, {.unsigned_allowed = true});
  require(image.ok(), image.ok() ? "" : image.error().detail.c_str());
  return {files, std::make_shared<const ImageFolder>(std::move(image).value()), std::move(layout)};
}

}  // namespace relance
