#pragma once
// The bytes of a GUID partition table (UEFI 2.10, 5.3). Two copies: header at LBA 1 with its entries behind it, header at
// the last LBA with its entries before it. Integers are little-endian.
//
//   header                                entry
//   0   8  "EFI PART"                     0   16  type
//   8   4  revision 0x00010000            16  16  GUID of the partition
//   12  4  size of the header, 92         32   8  first LBA
//   16  4  CRC-32 of it, itself as 0      40   8  last LBA, inclusive
//   24  8  its own LBA                    48   8  attributes
//   32  8  LBA of the other header        56  72  name, UTF-16LE
//   40  8  first usable LBA
//   48  8  last usable LBA, inclusive
//   56  16 GUID of the disk
//   72  8  LBA of the entries
//   80  4  number of entries
//   84  4  bytes of an entry
//   88  4  CRC-32 of all entries
//
// Hostile when read: whatever these functions accept can be added and multiplied without a thought.

#include "imager/partition/layout.h"
#include "wiper/base/bytes.h"
#include "wiper/device/block_device.h"

namespace relance {

struct GptHeader {
  std::uint64_t lba = 0;
  std::uint64_t other_lba = 0;
  LbaRange usable;
  std::string disk_guid;
  LbaRange entries;  // Whole blocks.
  std::uint32_t entry_count = 0;
  std::uint32_t entry_bytes = 0;
  std::uint32_t entries_crc = 0;

  bool operator==(const GptHeader&) const = default;
};

struct GptTable {
  GptHeader header;
  std::vector<LayoutPartition> partitions;  // Ascending on the drive, inside `usable`, apart.
};

inline constexpr std::uint64_t kGptPrimaryLba = 1;

// `block` is the whole block at that LBA. Errc::Corrupt with the reason.
Result<GptHeader> parse_gpt_header(std::span<const std::byte> block, std::uint64_t lba, const Geometry& geometry);
// `entries` are the blocks header.entries. Errc::Corrupt: their checksum, ranges outside or overlapping.
Result<std::vector<LayoutPartition>> parse_gpt_entries(const GptHeader& header, std::span<const std::byte> entries);
// The copy whose header is at that LBA.
Result<GptTable> read_gpt(BlockReader& reader, std::uint64_t header_lba);

// Gives a table whose partitions lie where they should the layout's identities (GUIDs, types, names, attributes) and
// new checksums. Invalid: a number, type or name that a GPT cannot hold.
Result<void> stamp_gpt(std::span<std::byte> header_block, std::span<std::byte> entries, const Layout& layout);

}  // namespace relance
