#include "imager/partition/boot_code.h"

#include <algorithm>

#include "imager/partition/mbr.h"

namespace relance {
namespace {

constexpr std::size_t kCoreLbaOffset = 0x5c;
constexpr std::size_t kDriveOffset = 0x64;
constexpr std::size_t kDriveCheckOffset = 0x66;
constexpr std::size_t kFirstEntryOffset = 0x1f4;
constexpr std::size_t kEntryBytes = 12;
constexpr std::size_t kMostEntries = 16;  // One is usual; the code below the list begins somewhere.
constexpr std::byte kNop{0x90};

Error unfit(std::string why) { return {Errc::Corrupt, Stop::BootUnfit, std::move(why)}; }

std::size_t entry_offset(std::size_t index) { return kFirstEntryOffset - index * kEntryBytes; }

}  // namespace

bool is_grub_boot_code(std::span<const std::byte> first_block) {
  // A jump over the BIOS parameter block, and the name with which it complains.
  constexpr std::string_view kName = "GRUB ";
  const std::string_view code = as_text(first_block.first(kBootCodeBytes));
  return code[0] == '\xeb' && code.substr(0x80).find(kName) != std::string_view::npos;
}

std::uint64_t core_lba_of(std::span<const std::byte> first_block) {
  return load_le<std::uint64_t>(first_block.subspan(kCoreLbaOffset));
}

Result<void> place_boot_code(std::span<std::byte> first_block, std::span<const std::byte> master_first_block,
                             std::uint64_t old_core, std::uint64_t new_core) {
  std::copy_n(master_first_block.begin(), kBootCodeBytes, first_block.begin());
  if (!is_grub_boot_code(master_first_block)) return {};
  if (core_lba_of(master_first_block) != old_core)
    return unfit("the master's boot code looks for GRUB at LBA " + std::to_string(core_lba_of(master_first_block)) +
                 ", and the image has it from LBA " + std::to_string(old_core));
  store_le<std::uint64_t>(first_block.subspan(kCoreLbaOffset), new_core);
  first_block[kDriveOffset] = std::byte{0xff};
  first_block[kDriveCheckOffset] = kNop;
  first_block[kDriveCheckOffset + 1] = kNop;
  return {};
}

Result<std::vector<BlockListEntry>> read_block_list(std::span<const std::byte> core_first_block,
                                                    std::uint64_t core_lba) {
  std::vector<BlockListEntry> list;
  std::uint64_t next = core_lba + 1;
  for (std::size_t index = 0; index < kMostEntries; ++index) {
    const auto entry = core_first_block.subspan(entry_offset(index), kEntryBytes);
    const BlockListEntry read{load_le<std::uint64_t>(entry), load_le<std::uint16_t>(entry.subspan(8))};
    if (read.count == 0) {
      if (list.empty()) break;
      return list;
    }
    if (read.first < next) return unfit("GRUB's block list points backwards");
    next = read.first + read.count;
    list.push_back(read);
  }
  return unfit("there is no block list of GRUB at LBA " + std::to_string(core_lba));
}

Result<void> move_block_list(std::span<std::byte> core_first_block, std::uint64_t old_core, std::uint64_t new_core) {
  const std::vector<BlockListEntry> list = TRY(read_block_list(core_first_block, old_core));
  for (std::size_t index = 0; index < list.size(); ++index)
    store_le<std::uint64_t>(core_first_block.subspan(entry_offset(index)), list[index].first - old_core + new_core);
  return {};
}

}  // namespace relance
