#pragma once
// Before a master is captured: what must not be copied, or would not start elsewhere, is changed in what will be captured.
// The drive itself is never written to.

#include <map>
#include <optional>

#include "imager/capture/changed_drive.h"
#include "imager/partition/layout.h"

namespace relance {

struct GeneraliseWish {
  std::vector<std::string> kept_accounts;  // Stay, without their secrets and histories.
};

struct Removed {  // Or changed.
  std::string path;
  std::string what;  // In English: "ssh host key", "account jean (1000)".
  static constexpr auto fields() { return std::tuple{field("path", &Removed::path), field("what", &Removed::what)}; }
};

struct PreparedMaster {
  std::vector<Removed> removed;
  std::map<std::uint32_t, ExtentSet> zeros;  // By partition number: blocks of its file system, captured as zeros.
};

// Swap files hold the master's memory: captured as zeros, with a fresh header. Partitions get new GUIDs in each copy: what the
// system names by them or by /dev is named by UUID instead, or refused by name (MasterUnfit). With a wish also generalised.
// A master without an ext4 that a system starts from stays as it is.
Result<PreparedMaster> prepare_master(ChangedDrive& drive, const Layout& layout,
                                      const std::optional<GeneraliseWish>& wish);

}  // namespace relance
