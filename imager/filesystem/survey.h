#pragma once
// What a partition of the master holds and which of its blocks an image needs. One file system a file; survey() asks them
// in turn, and what none of them knows is raw: every block.

#include "imager/filesystem/byte_reader.h"
#include "imager/format/manifest.h"

namespace relance {

struct FileSystemSurvey {
  FileSystemKind kind = FileSystemKind::Raw;
  std::string stream_name;  // What partclone calls it: "EXTFS", "FAT32".
  std::string file_suffix;  // What Clonezilla calls its file: sda3.SUFFIX-ptcl-img.zst.
  std::string label;        // Without control characters.
  std::string uuid;         // Lower case; empty if it has none.
  std::uint32_t block_bytes = 512;
  std::uint64_t block_count = 0;
  std::uint64_t used_by_superblock = 0;
  ExtentSet used;  // What the file system calls used, in its blocks.
  ExtentSet
      zeros;  // Of `used`: what holds nothing yet (inode tables never used, the body of a clean journal). Read as zeros.
  std::uint64_t minimum_blocks = 0;  // It can be cut down to so many without moving a block of `used`.
  bool has_etc = false;              // An ext4 that a system starts from.

  bool operator==(const FileSystemSurvey&) const = default;
};

// Refused with Stop::MasterUnfit and which of it: dirty, with errors, or with features that nobody here knows. A partition
// that merely looks like a file system (a magic with nonsense around it) is unfit too, never silently raw.
Result<FileSystemSurvey> survey(ByteReader& bytes);
// By its magic alone: what survey() would try.
Result<FileSystemKind> recognise(ByteReader& bytes);

Result<FileSystemSurvey> survey_ext4(ByteReader& bytes);
Result<FileSystemSurvey> survey_fat(ByteReader& bytes);
Result<FileSystemSurvey> survey_swap(ByteReader& bytes);
Result<FileSystemSurvey> survey_raw(ByteReader& bytes);

Error unfit(std::string detail);  // Errc::Refused, Stop::MasterUnfit.
// Text out of a superblock: up to its first NUL, trimmed, valid UTF-8 only, control characters replaced by '?'.
std::string label_in(std::span<const std::byte> field);
std::string uuid_text(std::span<const std::byte> sixteen);  // Lower case, with dashes; empty if all are zero.

}  // namespace relance
