#pragma once
// The bytes of an MBR partition table, in the first 512 bytes of LBA 0 and, for logical partitions, of each extended boot
// record (EBR). Integers are little-endian and count logical blocks.
//
//   0    440  boot code               entry
//   440  4    disk signature          0   1  0x80 active, else 0
//   444  2    0                       1   3  first block as CHS (left to libparted)
//   446  64   four entries            4   1  type; 0 unused; 0x05, 0x0f, 0x85 extended; 0xee all of it is a GPT
//   510  2    55 aa                   5   3  last block as CHS
//                                     8   4  first block, from: the drive; in an EBR's first entry: this EBR;
//                                            in its second entry, which leads to the next EBR: the extended partition
//                                     12  4  number of blocks

#include "imager/partition/layout.h"
#include "wiper/base/bytes.h"
#include "wiper/device/block_device.h"

namespace relance {

inline constexpr std::size_t kMbrBytes = 512;
inline constexpr std::size_t kBootCodeBytes = 440;
inline constexpr std::uint8_t kMbrTypeGpt = 0xee;
inline constexpr std::uint64_t kMbrMostBlocks = std::uint64_t{1} << 32;  // An entry counts in 32 bits.

// The partition and the block of the table that it stands in.
struct MbrPartition {
  LayoutPartition partition;
  std::uint64_t table_lba = 0;
  std::size_t entry_offset = 0;  // In that block.
};

struct MbrTable {
  std::string disk_id;
  bool protects_gpt = false;
  std::vector<MbrPartition> partitions;  // Ascending on the drive, apart. Without the extended one.
};

// Follows the chain of EBRs. Errc::Corrupt: no table, a chain without end, ranges outside or overlapping.
Result<MbrTable> read_mbr(BlockReader& reader);

// Writes type and active flag of a partition into its entry. Invalid: not an MBR type.
Result<void> stamp_mbr_entry(std::span<std::byte> table_block, const MbrPartition& place,
                             const LayoutPartition& wanted);
Result<void> stamp_mbr_disk_id(std::span<std::byte> first_block, std::string_view disk_id);

// A disk signature out of the seed; not zero, which would mean none.
std::string mbr_disk_id_from(std::span<const std::byte> seed, std::string_view label);

}  // namespace relance
