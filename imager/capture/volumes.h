#pragma once
// A partition's file as it is written: in one piece, or in volumes where the medium takes no file of that size (FAT32: below
// 4 GiB), named as Clonezilla's restore expects them.

#include "imager/format/folder.h"
#include "imager/format/manifest.h"

namespace relance {

class Volumes final : public FileSink {
 public:
  Volumes(FolderSink& folder, std::string name)
      : folder_(folder), name_(std::move(name)), room_each_(folder.largest_file_bytes()) {}

  Result<void> append(std::span<const std::byte> bytes) override;
  Result<void> finish() override;

  std::uint64_t size_bytes() const { return size_; }
  // After finish(): one file, or its volumes.
  const std::vector<ImageFile>& files() const { return files_; }

 private:
  bool is_split() const { return room_each_.has_value(); }
  Result<void> begin_file();
  Result<void> end_file();

  FolderSink& folder_;
  const std::string name_;
  const std::optional<std::uint64_t> room_each_;  // Nothing: one file takes all.
  std::uint64_t size_ = 0;
  std::unique_ptr<FileSink> sink_;  // Of the last of files_; null before the first byte.
  Sha256 hash_;                     // Of it.
  std::vector<ImageFile> files_;
};

}  // namespace relance
