#pragma once
// Files on a FAT, as firmware and GRUB find them: enough to read an EFI partition and to add one small file to it.

#include <optional>
#include <vector>

#include "imager/filesystem/fat_layout.h"

namespace relance {

struct FatEntry {
  std::string name;  // Long if it has one; ASCII, other letters as '?'.
  bool is_folder = false;
  std::uint32_t size_bytes = 0;
  std::uint32_t cluster = 0;  // The first one; 0: empty.

  bool operator==(const FatEntry&) const = default;
};

// One thread at a time; `bytes` outlives it. Paths as "EFI/BOOT/grub.cfg", in any case. All errors of the volume itself
// are Corrupt: chains that leave it or bite their tail.
class FatVolume {
 public:
  static Result<FatVolume> open(ByteReader& bytes);

  // Files and folders, without "." and ".."; nothing if there is no such folder. "" is the root.
  Result<std::optional<std::vector<FatEntry>>> list(const std::string& path);
  // Nothing if there is no such file. Corrupt if it is larger than `limit`.
  Result<std::optional<Bytes>> read_file(const std::string& path, std::uint64_t limit);

  const Fat& layout() const { return fat_; }
  // Of the first FAT, for those who add a file.
  Result<std::uint32_t> next_of(std::uint32_t cluster);
  // Corrupt if they are more than `limit` bytes and a cluster: a chain may bite its tail.
  Result<std::vector<std::uint32_t>> chain_from(std::uint32_t cluster, std::uint64_t limit);
  Result<std::optional<FatEntry>> find(const std::string& path);
  Result<Bytes> folder_bytes(std::uint32_t cluster);  // Its entries as they lie there. 0: the root.

 private:
  FatVolume(ByteReader& bytes, Fat fat) : bytes_(&bytes), fat_(std::move(fat)) {}
  Result<Bytes> chain_bytes(std::uint32_t cluster, std::uint64_t limit);

  ByteReader* bytes_;
  Fat fat_;
};

// Adds a file to a folder that has none of that name. `name` is of DOS's kind, in lower case ("grub.cfg"). The same bytes
// give the same bytes: it is dated 1980. Refused: no such folder, or no room.
Result<void> add_fat_file(ByteStore& bytes, const std::string& folder, const std::string& name,
                          std::span<const std::byte> content);

}  // namespace relance
