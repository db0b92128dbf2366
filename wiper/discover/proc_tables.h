#pragma once
// /proc/self/mountinfo and /proc/swaps, as the kernel writes them.

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace relance {

struct DeviceNumber {  // The kernel's name of a block device.
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  friend auto operator<=>(const DeviceNumber&, const DeviceNumber&) = default;
};
// "8:1"; nothing if it is not that.
std::optional<DeviceNumber> parse_device_number(std::string_view text);

struct Mount {
  std::uint64_t id = 0;
  DeviceNumber number;      // Anonymous (major 0) for btrfs, overlay, tmpfs and the like.
  std::string mount_point;  // Raw bytes: a path for the kernel, not for eyes.
  std::string file_system;
  std::string source;
  bool operator==(const Mount&) const = default;
};
// Lines that make no sense are passed over: a mount that is not understood must not hide the others.
std::vector<Mount> parse_mountinfo(std::string_view text);

struct SwapArea {
  std::string path;
  bool is_file = false;
  bool operator==(const SwapArea&) const = default;
};
std::vector<SwapArea> parse_swaps(std::string_view text);

}  // namespace relance
