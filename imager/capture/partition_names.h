#pragma once
// How a system names its partitions, and how it must name them so that a copy on another drive still finds them.

#include <map>

#include "imager/filesystem/survey.h"
#include "imager/partition/layout.h"

namespace relance {

class PartitionNames {
 public:
  explicit PartitionNames(const Layout& layout) : layout_(layout) {}
  void add_uuid(std::uint32_t number, const FileSystemSurvey& system);

  // The text with PARTUUID=, PARTLABEL=, /dev/sda2, /dev/disk/by-partuuid/… and their like named by UUID=. Comments stay.
  // MasterUnfit: a name that is none of this drive's, or of a partition without a UUID, with its line.
  Result<std::string> by_uuid(std::string_view text) const;

 private:
  Result<std::string> renamed(const std::string& name) const;
  std::uint32_t number_of(const std::string& name) const;  // 0: none of this drive's.

  const Layout& layout_;
  std::map<std::uint32_t, std::string> uuids_;  // As blkid writes them.
};

// Kernel arguments resume= and resume_offset= say where the master slept; the rest of the text stays.
std::string without_resume_offset(std::string_view text);

// Lines of fstab(5) and its like, in fields; without comments and empty lines.
std::vector<std::vector<std::string>> table_lines(std::string_view text);

}  // namespace relance
