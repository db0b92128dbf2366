#include "wiper/discover/drive_uses.h"

#include <algorithm>

#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr std::size_t kMostNodes = 256;  // A drive with its partitions and all that is built on them.

std::string folder_of(const std::string& name) { return "sys/class/block/" + name; }

// Our own stick first, whatever else there is: that is what a person must hear.
void add_use(std::vector<Use>& uses, UseKind kind, const std::string& what, const std::string& where) {
  const Use use{kind, sanitise_text(what), sanitise_text(where)};
  if (std::find(uses.begin(), uses.end(), use) != uses.end()) return;
  if (kind == UseKind::OwnStick)
    uses.insert(uses.begin(), use);
  else if (uses.size() < kMostUses)
    uses.push_back(use);
}

}  // namespace

std::string node_of(std::string name) {
  std::replace(name.begin(), name.end(), '!', '/');
  return "/dev/" + name;
}

std::vector<std::string> partitions_of(const SysfsTree& tree, const std::string& name) {
  std::vector<std::string> partitions;
  const std::string folder = tree.real_path(folder_of(name));
  if (folder.empty()) return partitions;
  for (const std::string& entry : tree.names(folder))
    if (entry.starts_with(name) && tree.exists(folder + "/" + entry + "/partition")) partitions.push_back(entry);
  return partitions;
}

std::vector<std::string> siblings_of(const SysfsTree& tree, const std::string& name) {
  std::vector<std::string> siblings;
  if (!name.starts_with("nvme") && !name.starts_with("mmcblk")) return siblings;
  const std::string owner = tree.real_path("sys/block/" + name + "/device");
  if (owner.empty()) return siblings;
  for (const std::string& other : tree.names("sys/block"))
    if (other != name && tree.real_path("sys/block/" + other + "/device") == owner) siblings.push_back(other);
  return siblings;
}

UseTables::UseTables(const SysfsTree& tree, std::optional<StickPlace> stick) : tree_(tree), stick_(std::move(stick)) {
  mounts_ = parse_mountinfo(as_text(tree.bytes("proc/self/mountinfo")));
  swaps_ = parse_swaps(as_text(tree.bytes("proc/swaps")));
  for (const std::string& name : tree.names("sys/class/block")) {
    const std::string file = tree.text(folder_of(name) + "/loop/backing_file");
    if (!file.empty()) loops_.push_back({name, file});
  }
  for (const std::string& id : tree.names("sys/fs/btrfs"))
    for (const std::string& device : tree.names("sys/fs/btrfs/" + id + "/devices")) members_.push_back({device, id});
}

std::vector<Use> UseTables::uses_of(const std::string& name) const {
  std::vector<Use> uses;
  std::vector<std::string> seen;
  std::vector<std::string> parts = siblings_of(tree_, name);
  parts.insert(parts.begin(), name);
  for (const std::string& part : parts) {
    add_uses_of_node(part, node_of(part), seen, uses);
    for (const std::string& partition : partitions_of(tree_, part))
      add_uses_of_node(partition, node_of(partition), seen, uses);
  }
  return uses;
}

void UseTables::add_uses_of_node(const std::string& name, const std::string& what, std::vector<std::string>& seen,
                                 std::vector<Use>& uses) const {
  if (seen.size() >= kMostNodes || std::find(seen.begin(), seen.end(), name) != seen.end()) return;
  seen.push_back(name);
  const auto number = parse_device_number(tree_.text(folder_of(name) + "/dev"));
  const std::string node = node_of(name);
  const std::string mapped = tree_.text(folder_of(name) + "/dm/name");
  const auto is_it = [&](const std::string& path) {
    return path == node || (!mapped.empty() && path == "/dev/mapper/" + mapped);
  };

  for (const Mount& mount : mounts_) {
    // An anonymous number (btrfs and others) says nothing; then the source does.
    const bool ours = mount.number == number || (mount.number.major == 0 && is_it(mount.source));
    if (!ours) continue;
    const bool holds_stick = stick_ && stick_->number == mount.number;
    add_use(uses, UseKind::Mounted, what, mount.mount_point);
    if (holds_stick) add_use(uses, UseKind::OwnStick, what, stick_->folder);
  }
  if (stick_ && stick_->number == number) add_use(uses, UseKind::OwnStick, what, stick_->folder);
  for (const SwapArea& area : swaps_)
    if (is_it(area.path)) add_use(uses, UseKind::Swap, what, "");
  for (const Member& member : members_)
    if (member.device == name) add_use(uses, UseKind::Mounted, what, "btrfs " + member.file_system);
  for (const Backing& loop : loops_)
    if (is_it(loop.file)) {
      add_use(uses, UseKind::Holder, what, loop.device);
      add_uses_of_node(loop.device, what, seen, uses);
    }
  for (const std::string& holder : tree_.names(folder_of(name) + "/holders")) {
    const std::string holder_name = tree_.text(folder_of(holder) + "/dm/name");
    add_use(uses, UseKind::Holder, what, holder_name.empty() ? holder : holder_name);
    add_uses_of_node(holder, what, seen, uses);
    for (const std::string& partition : partitions_of(tree_, holder)) add_uses_of_node(partition, what, seen, uses);
  }
}

}  // namespace relance
