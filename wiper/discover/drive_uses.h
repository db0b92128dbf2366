#pragma once
// Who uses a drive, a partition of it, or something built on them (dm, md, loop): mounts, swap, holders, our own stick.

#include <optional>

#include "wiper/discover/drive_facts.h"
#include "wiper/discover/proc_tables.h"
#include "wiper/discover/sysfs_tree.h"

namespace relance {

struct StickPlace {     // Where our own files lie.
  DeviceNumber number;  // Of the file system that holds the folder (st_dev).
  std::string folder;
};

// The machine's tables, read once for all drives.
class UseTables {
 public:
  UseTables(const SysfsTree& tree, std::optional<StickPlace> stick);

  // Uses of a block device by its kernel name ("sda"), and of whatever else is on the same physical drive. At most
  // kMostUses: one is enough to refuse.
  std::vector<Use> uses_of(const std::string& name) const;
  // Loop devices and swap that lie on a regular file. `same_file` says whether a path is that file.
  template <class SameFile>
  std::vector<Use> uses_of_file(SameFile same_file) const {
    std::vector<Use> uses;
    for (const Backing& loop : loops_)
      if (same_file(loop.file)) uses.push_back({UseKind::Holder, "/dev/" + loop.device, ""});
    for (const SwapArea& area : swaps_)
      if (same_file(area.path)) uses.push_back({UseKind::Swap, area.path, ""});
    return uses;
  }

 private:
  struct Backing {  // A loop device and the file behind it.
    std::string device;
    std::string file;
  };
  struct Member {  // A device of a btrfs file system, which mountinfo names only one of.
    std::string device;
    std::string file_system;
  };

  void add_uses_of_node(const std::string& name, const std::string& what, std::vector<std::string>& seen,
                        std::vector<Use>& uses) const;

  const SysfsTree& tree_;
  std::optional<StickPlace> stick_;
  std::vector<Mount> mounts_;
  std::vector<SwapArea> swaps_;
  std::vector<Backing> loops_;
  std::vector<Member> members_;
};

inline constexpr std::size_t kMostUses = 16;

// "/dev/sda"; sysfs writes '!' where a node's name has '/': "cciss!c0d0".
std::string node_of(std::string name);

// The other nodes of the same physical drive: namespaces of an NVMe controller, boot areas of an eMMC.
std::vector<std::string> siblings_of(const SysfsTree& tree, const std::string& name);

// The partitions of a disk, as the kernel names them.
std::vector<std::string> partitions_of(const SysfsTree& tree, const std::string& name);

}  // namespace relance
