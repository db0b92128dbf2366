#pragma once
// How a drive is attached, read off its place in the device tree. This decides what is external, so it errs on that
// side: whatever hangs below USB, FireWire or Thunderbolt is of that bus, however it presents itself.

#include "wiper/discover/drive_facts.h"
#include "wiper/discover/sysfs_tree.h"

namespace relance {

struct Attachment {
  Bus bus = Bus::Unknown;
  std::string bus_path;    // "pci-0000:00:1f.2-ata-1": the plug, not the drive; the same after a restart.
  std::string usb_device;  // The nearest USB device's folder, or empty.
  bool operator==(const Attachment&) const = default;
};

// `device` is a block device's real path: "sys/devices/pci0000:00/0000:00:1f.2/ata1/host0/…/block/sda".
Attachment attachment_of(const SysfsTree& tree, const std::string& device);

// A bridge of a Thunderbolt controller, by Intel's vendor-specific extended capability: what old kernels and Macs have.
bool is_thunderbolt_bridge(std::span<const std::byte> pci_config);

}  // namespace relance
