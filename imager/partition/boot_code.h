#pragma once
// GRUB for a BIOS, placed by byte patches: no grub-install, no mount, no drive opened by others (GRUB 2.06,
// grub-core/boot/i386/pc/boot.S and diskboot.S).
//
//   boot.img, bytes 0-439 of LBA 0              first block of core.img (diskboot.img)
//   0x5c  8  LBA of core.img                    0x1f4  12  first entry of its block list, further ones below it
//   0x64  1  ff: the BIOS says which drive      entry: u64 first LBA, u16 blocks (0 ends the list), u16 segment
//   0x66  2  90 90: and is believed

#include <cstdint>
#include <span>

#include "wiper/base/bytes.h"

namespace relance {

inline constexpr std::size_t kBootBlockBytes = 512;  // GRUB for a BIOS counts in these.

// Does this LBA 0 hold GRUB's boot.img? Other boot code is copied as it is: it follows the table.
bool is_grub_boot_code(std::span<const std::byte> first_block);
// Where boot.img looks for core.img.
std::uint64_t core_lba_of(std::span<const std::byte> first_block);

// Copies the master's boot code into a target's LBA 0, whose table (bytes 440-511) stays. Corrupt with Stop::BootUnfit:
// the master's boot.img does not look for core.img at old_core.
Result<void> place_boot_code(std::span<std::byte> first_block, std::span<const std::byte> master_first_block,
                             std::uint64_t old_core, std::uint64_t new_core);

struct BlockListEntry {
  std::uint64_t first = 0;
  std::uint16_t count = 0;
};
// Corrupt with Stop::BootUnfit: no end, or not what follows the block at core_lba.
Result<std::vector<BlockListEntry>> read_block_list(std::span<const std::byte> core_first_block,
                                                    std::uint64_t core_lba);
// Moves every entry by as much as core.img was moved.
Result<void> move_block_list(std::span<std::byte> core_first_block, std::uint64_t old_core, std::uint64_t new_core);

}  // namespace relance
