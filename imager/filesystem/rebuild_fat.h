#pragma once
// A FAT for a drive whose blocks are larger than the master's. Firmware reads a FAT only in sectors of the drive's size, and
// every number in it counts such sectors or clusters of them: so it is laid out anew, file by file. Names, dates, attributes,
// label and serial stay; what was free or deleted does not come along.

#include <map>

#include "imager/filesystem/fat_volume.h"

namespace relance {

// A plan, not its bytes: those of the files are read when they are asked for. The same source, size and sector give the same
// bytes.
class RebuiltFat {
 public:
  // For a partition of that size. Reads the folders and chains of `source`, and none of its files. Corrupt: chains that leave
  // it, cross or bite their tail, and what FatVolume refuses. Refused with Stop::ImageUnsuited: it does not fit.
  static Result<RebuiltFat> plan(ByteReader& source, std::uint64_t size_bytes, std::uint32_t sector_bytes);

  // From its beginning; whole sectors. Behind them is nothing but free clusters.
  std::uint64_t used_bytes() const { return used_bytes_; }
  // Bytes in front of used_bytes(). `source` holds what plan() saw. Any number of threads, each with a source of its own.
  Result<void> read(ByteReader& source, std::uint64_t offset, std::span<std::byte> bytes) const;

 private:
  friend class FatRebuilder;
  struct Copied {  // Of a file; in bytes.
    std::uint64_t target = 0;
    std::uint64_t source = 0;
    std::uint64_t size = 0;
  };
  std::uint64_t used_bytes_ = 0;
  std::map<std::uint64_t, Bytes> made_;  // Boot sectors, both FATs, folders; by offset, apart.
  std::vector<Copied> copied_;           // Ascending on the target, apart.
};

}  // namespace relance
