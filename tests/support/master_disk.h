#pragma once
// A small master drive in memory, for tests of images: a BIOS-boot partition, an ESP, an ext4 to start from and swap, made
// without root by mkfs.fat, mke2fs and mkswap. There is no table on it; the layout says where things lie.

#include "imager/partition/layout.h"
#include "tests/support/memory_drive.h"
#include "tests/support/shell.h"

namespace relance {

inline bool can_make_master() {
  return has_program("mke2fs") && has_program("mkfs.fat") && has_program("mcopy") && has_program("mkswap");
}
inline constexpr const char* kMasterNeeds = "needs mke2fs, mkfs.fat, mcopy and mkswap";

struct MasterDisk {
  MemoryDrive drive;
  Layout layout;
};

struct MasterOptions {
  TableKind table = TableKind::Gpt;
  std::uint32_t logical_bytes = 512;
  std::string mke2fs = "-t ext4 -b 4096";
};

inline MasterDisk make_master(const TemporaryFolder& folder, const MasterOptions& options = {}) {
  const auto run = [&](const std::string& command) {
    const auto outcome = folder.run(command);
    require(outcome.exit_code == 0, outcome.output.c_str());
    return outcome.output;
  };
  run("mkdir -p d/etc d/home && echo / >d/etc/fstab && head -c 6000000 /dev/urandom >d/home/big && seq 100000 "
      ">d/home/text");
  run("rm -f root && truncate -s 48M root && mke2fs -q -F -L racine -U 01234567-89ab-cdef-0123-456789abcdef " +
      options.mke2fs + " -d d root");
  run("rm -f esp && truncate -s 8M esp && mkfs.fat -S " + std::to_string(options.logical_bytes) +
      " -s 1 -i 1234abcd -n ESP esp >/dev/null && mcopy -i esp d/home/text ::text");
  run("rm -f swap && truncate -s 2M swap && chmod 600 swap && mkswap -U aaaaaaaa-89ab-cdef-0123-456789abcdef swap");

  constexpr std::uint64_t kMega = std::uint64_t{1} << 20;
  const bool gpt = options.table == TableKind::Gpt;
  MemoryDrive drive({.block_count = 64 * kMega / options.logical_bytes,
                     .logical_bytes = options.logical_bytes,
                     .physical_bytes = 4096},
                    std::byte{0x5A});
  Layout layout{options.table, gpt ? "11111111-2222-3333-4444-555555555555" : "0x1a2b3c4d", {}};
  std::uint64_t at = kMega;
  const auto place = [&](std::uint32_t number, const char* type_gpt, const char* type_mbr, std::uint64_t size,
                         const Bytes& bytes) {
    std::copy(bytes.begin(), bytes.end(), drive.platter.begin() + static_cast<std::ptrdiff_t>(at));
    layout.partitions.push_back({.number = number,
                                 .range = {at / options.logical_bytes, size / options.logical_bytes},
                                 .type = gpt ? type_gpt : type_mbr,
                                 .name = gpt ? "p\"" + std::to_string(number) : "",
                                 .guid = gpt ? "99999999-2222-3333-4444-00000000000" + std::to_string(number) : "",
                                 .attributes = number == 3 ? 1U : 0U});
    at += size;
  };
  if (gpt) place(1, kTypeBiosBoot.data(), "", kMega, Bytes(kMega, std::byte{0xB1}));
  place(2, kTypeEsp.data(), "0xef", 8 * kMega, folder.read("esp"));
  place(3, kTypeLinux.data(), "0x83", 49 * kMega,
        folder.read("root"));  // A MiB behind the file system belongs to nobody.
  place(4, kTypeLinuxSwap.data(), "0x82", 2 * kMega, folder.read("swap"));
  return {std::move(drive), std::move(layout)};
}

}  // namespace relance
