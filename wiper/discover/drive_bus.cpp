#include "wiper/discover/drive_bus.h"

#include <algorithm>
#include <optional>

#include "wiper/base/plain_text.h"
#include "wiper/discover/proc_tables.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

// A part of the path with the folder that ends in it.
struct Part {
  std::string name;
  std::string folder;
};

std::vector<Part> parts_of(const std::string& device) {
  std::vector<Part> parts;
  for (std::size_t start = 0; start < device.size();) {
    const auto end = std::min(device.find('/', start), device.size());
    parts.push_back({device.substr(start, end - start), device.substr(0, end)});
    start = end + 1;
  }
  return parts;
}

bool is_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char letter) { return letter >= '0' && letter <= '9'; });
}

// "ata3" after "ata" is a number.
bool is_numbered(const std::string& name, std::string_view prefix) {
  return name.starts_with(prefix) && is_digits(std::string_view(name).substr(prefix.size()));
}

// "0000:00:1f.2"
bool is_pci_address(const std::string& name) {
  return name.size() == 12 && name[4] == ':' && name[7] == ':' && name[10] == '.';
}

// "1-1.4": bus, ports; "1-1.4:1.0" is an interface of it.
bool is_usb_device(const std::string& name) {
  const auto hyphen = name.find('-');
  if (hyphen == std::string::npos || !is_digits(std::string_view(name).substr(0, hyphen))) return false;
  return name.find(':') == std::string::npos && name.find_first_not_of("0123456789.", hyphen + 1) == std::string::npos;
}

// "6:0:0:1": host, channel, target, LUN.
bool is_scsi_address(const std::string& name) {
  return std::count(name.begin(), name.end(), ':') == 3 && name.find_first_not_of("0123456789:") == std::string::npos &&
         !name.starts_with(':');
}

// "fw1" and "fw1.0", not "fwnode".
bool is_firewire(const std::string& name) { return name.starts_with("fw") && is_digits(name.substr(2, 1)); }

bool is_thunderbolt(const SysfsTree& tree, const Part& part) {
  if (!is_pci_address(part.name)) return false;
  // The kernel's word (5.14 and later) on PCI devices behind a port that leads out of the case. Not the block device's flag.
  if (tree.text(part.folder + "/removable") == "removable") return true;
  return is_thunderbolt_bridge(tree.bytes(part.folder + "/config"));
}

// What carries the drive from the outside; the nearest one counts.
std::optional<Bus> outer_bus(const SysfsTree& tree, const std::vector<Part>& parts) {
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (is_numbered(part->name, "usb")) return Bus::Usb;
    if (is_firewire(part->name)) return Bus::Firewire;
    if (is_thunderbolt(tree, *part)) return Bus::Thunderbolt;
  }
  return std::nullopt;
}

// How the drive itself speaks.
Bus inner_bus(const std::vector<Part>& parts) {
  Bus bus = Bus::Unknown;
  for (const Part& part : parts) {  // The last one that fits is nearest to the drive.
    if (is_numbered(part.name, "ata")) return Bus::Ata;
    if (part.name == "nvme" || part.name == "nvme-subsystem") return Bus::Nvme;
    if (part.name == "mmc_host") return Bus::Mmc;
    if (is_numbered(part.name, "virtio")) bus = Bus::Virtio;
    if (is_numbered(part.name, "host")) bus = Bus::Scsi;
  }
  return bus;
}

// ATA ports are counted from 1 on each controller; the number in the folder's name is the kernel's, over all of them.
std::string ata_port(const SysfsTree& tree, const Part& part) {
  const auto port = whole_number<std::uint64_t>(tree.text(part.folder + "/ata_port/" + part.name + "/port_no"));
  return port ? std::to_string(*port) : part.name.substr(3);
}

std::string place_of(const SysfsTree& tree, const std::vector<Part>& parts) {
  std::string base;
  std::string rest;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const std::string& name = parts[i].name;
    if (is_pci_address(name)) {
      base = "pci-" + name;  // The last one; what came before leads there.
      rest.clear();
    } else if (base.empty() && i > 0 && parts[i - 1].name == "platform") {
      base = "platform-" + name;
    } else if (is_usb_device(name)) {
      rest = "-usb-0:" + name.substr(name.find('-') + 1);  // Without the bus number, which is dealt out at each start.
    } else if (is_numbered(name, "ata")) {
      rest += "-ata-" + ata_port(tree, parts[i]);
    } else if (is_scsi_address(name) && (rest.find("-ata-") == std::string::npos || !name.ends_with(":0:0:0"))) {
      rest += "-scsi-0" + name.substr(name.find(':'));  // Without the host number, likewise.
    } else if (is_numbered(name, "virtio")) {
      rest += "-virtio";
    } else if (i > 0 && parts[i - 1].name == "nvme") {
      rest += "-nvme";
    } else if (name.starts_with("mmc") && name.find(':') != std::string::npos) {
      rest += "-mmc-" + name.substr(name.find(':') + 1);
    }
  }
  return base + rest;
}

std::string usb_device_of(const std::vector<Part>& parts) {
  for (auto part = parts.rbegin(); part != parts.rend(); ++part)
    if (is_usb_device(part->name)) return part->folder;
  return "";
}

// With NVMe multipath the disk belongs to a subsystem and stands under virtual/; the way to it leads over its controller.
std::string way_to(const SysfsTree& tree, const std::string& device) {
  constexpr std::string_view kSubsystem = "/virtual/nvme-subsystem/";
  if (device.find(kSubsystem) == std::string::npos) return device;
  const std::string subsystem = device.substr(0, device.rfind('/'));
  for (const std::string& name : tree.names(subsystem))
    if (is_numbered(name, "nvme")) {
      const std::string controller = tree.real_path(subsystem + "/" + name);
      if (!controller.empty()) return controller + device.substr(device.rfind('/'));
    }
  return device;
}

// "nvme0n2" is the second namespace; the plug is that of the controller.
std::string namespace_of(const std::string& device) {
  const auto letter = device.rfind('n');
  return letter == std::string::npos ? "" : "-" + device.substr(letter + 1);
}

}  // namespace

Attachment attachment_of(const SysfsTree& tree, const std::string& device) {
  const std::string way = way_to(tree, device);
  const std::vector<Part> parts = parts_of(way);
  Attachment found{.bus = inner_bus(parts), .bus_path = place_of(tree, parts), .usb_device = usb_device_of(parts)};
  if (found.bus == Bus::Nvme) found.bus_path += namespace_of(device);
  if (found.bus == Bus::Mmc && tree.text(device + "/device/type") != "MMC") {
    found.bus = Bus::SdCard;  // "SD", "SDcombo", or a card that does not say: cards come out, eMMC is soldered.
  } else if (const auto outer = outer_bus(tree, parts)) {
    found.bus = *outer;
  }
  found.bus_path = sanitise_text(found.bus_path);
  return found;
}

// PCI Express: extended capabilities are a list from offset 0x100; header: id 15:0, version 19:16, next 31:20. Vendor-
// specific (0x000B) is followed by its own id in 15:0. Intel's for Thunderbolt is 0x1234.
bool is_thunderbolt_bridge(std::span<const std::byte> pci_config) {
  constexpr std::size_t kFirst = 0x100;
  constexpr std::size_t kLength = 0x1000;
  constexpr std::uint16_t kIntel = 0x8086;
  constexpr std::uint32_t kVendorSpecific = 0x000B;
  constexpr std::uint32_t kThunderbolt = 0x1234;
  constexpr int kMostCapabilities = (kLength - kFirst) / 8;  // The list may be a ring.
  if (pci_config.size() < kLength || load_le<std::uint16_t>(pci_config) != kIntel) return false;
  std::size_t at = kFirst;
  for (int i = 0; i < kMostCapabilities && at >= kFirst && at + 8 <= kLength; ++i) {
    const auto header = load_le<std::uint32_t>(pci_config.subspan(at));
    const auto specific = load_le<std::uint32_t>(pci_config.subspan(at + 4));
    if ((header & 0xFFFF) == kVendorSpecific && (specific & 0xFFFF) == kThunderbolt) return true;
    at = header >> 20;
  }
  return false;
}

}  // namespace relance
