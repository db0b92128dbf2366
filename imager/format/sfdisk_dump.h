#pragma once
// A partition table as `sfdisk -d` prints it, since that is how Clonezilla keeps it (sda-pt.sf). Somebody else's file, so
// read as hostile.

#include "imager/format/manifest.h"

namespace relance {

struct DumpedPartition {
  std::string device;  // "sda3", without its folder.
  std::uint32_t number = 0;
  LbaRange range;
  std::string type;  // As in ImagePartition::type.
  std::string name;
  std::uint64_t attributes = 0;  // As in ImagePartition::attributes.

  bool operator==(const DumpedPartition&) const = default;
};

struct DumpedTable {
  TableKind kind = TableKind::Mbr;
  std::string disk_id;  // Lower case; may be empty.
  std::uint32_t sector_bytes = 512;
  std::uint64_t last_lba = 0;               // 0: not said.
  std::vector<DumpedPartition> partitions;  // Ascending on the drive; without the boxes of logical partitions.

  bool operator==(const DumpedTable&) const = default;
};

// Corrupt with Stop::ImageHostile: not such a dump, or ranges that wrap.
Result<DumpedTable> parse_sfdisk_dump(std::string_view text);

}  // namespace relance
