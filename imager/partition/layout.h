#pragma once
// A partition table as values: what a drive has, or should get. Numbers and ranges only; nothing here touches a drive.

#include "imager/format/manifest.h"

namespace relance {

struct LayoutPartition {
  std::uint32_t number = 0;      // From 1; logical partitions of an MBR from 5.
  LbaRange range;                // In logical blocks of the drive.
  std::string type;              // GPT type GUID in lower case, or MBR type "0x83".
  std::string name;              // GPT only; UTF-8.
  std::string guid;              // GPT: of the partition, lower case. MBR: empty.
  std::uint64_t attributes = 0;  // GPT attribute bits; MBR: bit 0 is the active flag.

  bool operator==(const LayoutPartition&) const = default;
};

struct Layout {
  TableKind kind = TableKind::Gpt;
  std::string disk_id;                      // GPT: the disk's GUID in lower case; MBR: its signature, "0x1a2b3c4d".
  std::vector<LayoutPartition> partitions;  // Ascending on the drive.

  bool operator==(const Layout&) const = default;
};

}  // namespace relance
