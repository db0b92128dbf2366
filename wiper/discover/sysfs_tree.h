#pragma once
// The small files in which a kernel describes its machine: /sys and /proc, or a recorded machine's folder laid out alike.
// Only fetches; what is not there is empty, for half of the attributes are missing on any given drive.

#include <string>
#include <vector>

#include "wiper/base/bytes.h"

namespace relance {

class SysfsTree {
 public:
  // Empty: the machine that we run on. Otherwise a folder with sys/ and proc/ in it.
  explicit SysfsTree(const std::string& root = "");

  // Paths from the top: "sys/block/sda/size".
  Bytes bytes(const std::string& path) const;       // At most the first 4 KiB; tables in proc whole, up to 4 MiB.
  std::string text(const std::string& path) const;  // The same, without blanks at the ends.
  std::vector<std::string> names(const std::string& path) const;  // What is in a folder, sorted.
  std::string real_path(
      const std::string& path) const;  // Links followed, from the top again: "sys/devices/pci0000:00/…".
  bool exists(const std::string& path) const;

 private:
  std::string root_;
};

}  // namespace relance
