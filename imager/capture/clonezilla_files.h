#pragma once
// The small text files of a Clonezilla image folder: what its restore reads to make the table, the swap and the list of
// partitions. Pure; they are covered by our signature like every other file.

#include "imager/filesystem/survey.h"
#include "imager/partition/layout.h"

namespace relance {

struct SurveyedPartition {
  LayoutPartition place;
  FileSystemSurvey system;
};

struct TextFile {
  std::string name;
  std::string text;
};

struct ClonezillaFacts {
  std::string disk = "sda";  // What the file names call the source.
  Geometry geometry;
  const Layout& layout;
  const std::vector<SurveyedPartition>& partitions;
  std::string made_by;
  std::int64_t now_s = 0;
};

std::vector<TextFile> clonezilla_files(const ClonezillaFacts& facts);

// "sda3.ext4-ptcl-img.zst", or empty for swap. Disks whose name ends in a digit get a p: "nvme0n1p3".
std::string partition_file_name(const std::string& disk, const SurveyedPartition& partition);
std::string partition_device(const std::string& disk, std::uint32_t number);  // "sda3"

}  // namespace relance
