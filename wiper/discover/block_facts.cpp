#include "wiper/discover/block_facts.h"

#include <algorithm>
#include <bit>

#include "wiper/base/plain_text.h"
#include "wiper/command/scsi_pages.h"
#include "wiper/discover/drive_bus.h"
#include "wiper/discover/inquiry_pages.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr std::uint64_t kLargestPhysical = 1 << 20;
constexpr std::uint64_t kSizeUnit = 512;  // sysfs counts in these, whatever the drive's blocks are.

std::uint64_t number_at(const SysfsTree& tree, const std::string& path) {
  return whole_number<std::uint64_t>(tree.text(path)).value_or(0);
}

std::string words_at(const SysfsTree& tree, const std::string& path) {
  return sanitise_text(as_text(tree.bytes(path)));
}

bool is_loop(const SysfsTree& tree, const std::string& device) { return tree.exists(device + "/loop/backing_file"); }

// Real hardware has a device behind it; what is built of other things stands alone.
bool has_hardware(const SysfsTree& tree, const std::string& device) {
  return tree.exists(device + "/device") || device.find("/virtual/nvme-subsystem/") != std::string::npos;
}

// mmcblk0boot0, mmcblk0rpmb: parts of the eMMC mmcblk0, and its device is that disk.
bool is_part_of_another(const std::string& name) {
  return name.starts_with("mmcblk") && name.find_first_not_of("0123456789", 6) != std::string::npos;
}

bool is_other_kind(const SysfsTree& tree, const std::string& name, const std::string& device) {
  if (name.starts_with("sr") || name.starts_with("fd") || is_part_of_another(name)) return true;
  return tree.text(device + "/hidden") == "1";  // One path of several to an NVMe disk.
}

// SCSI: what starts with "naa." or "eui." names one disk of the world; "t10." is vendor, model and serial over again.
std::string world_wide_name(const std::string& wwid) {
  return wwid.starts_with("naa.") || wwid.starts_with("eui.") || wwid.starts_with("nvme.") ? wwid : "";
}

DriveIdentity nvme_identity(const SysfsTree& tree, const std::string& device) {
  // The controller, or with multipath the subsystem: either way the folder that holds the disk.
  const std::string owner =
      tree.exists(device + "/device/model") ? device + "/device" : device.substr(0, device.rfind('/'));
  DriveIdentity identity;
  identity.model = words_at(tree, owner + "/model");
  identity.serial = words_at(tree, owner + "/serial");
  identity.firmware = words_at(tree, owner + "/firmware_rev");
  identity.wwn = world_wide_name(words_at(tree, device + "/wwid"));
  return identity;
}

DriveIdentity mmc_identity(const SysfsTree& tree, const std::string& device) {
  DriveIdentity identity;
  identity.model = words_at(tree, device + "/device/name");
  identity.serial = words_at(tree, device + "/device/serial");
  if (identity.serial.starts_with("0x")) identity.serial.erase(0, 2);
  identity.firmware = words_at(tree, device + "/device/fwrev");
  if (identity.firmware.starts_with("0x")) identity.firmware.erase(0, 2);
  return identity;
}

DriveIdentity scsi_identity(const SysfsTree& tree, const std::string& device) {
  DriveIdentity identity;
  const std::string vendor = words_at(tree, device + "/device/vendor");
  identity.model = words_at(tree, device + "/device/model");
  if (!vendor.empty() && vendor != "ATA") identity.model = vendor + " " + identity.model;  // libata puts "ATA" there.
  identity.serial = decode_serial_page(tree.bytes(device + "/device/vpd_pg80")).value_or("");
  identity.firmware = words_at(tree, device + "/device/rev");
  identity.wwn = world_wide_name(words_at(tree, device + "/device/wwid"));
  // INQUIRY cuts an ATA model to 16 letters; the drive's own answer is whole.
  if (const auto ata = identity_in_page_89(tree.bytes(device + "/device/vpd_pg89"))) {
    identity.model = ata->model;
    identity.serial = ata->serial;
    identity.firmware = ata->firmware;
  }
  return identity;
}

// Behind a bridge every word may be the bridge's.
void add_bridge_words(const SysfsTree& tree, const std::string& usb_device, DriveIdentity& identity) {
  if (identity.serial.empty()) identity.serial = words_at(tree, usb_device + "/serial");
  if (!identity.model.empty()) return;
  identity.model =
      sanitise_text(words_at(tree, usb_device + "/manufacturer") + " " + words_at(tree, usb_device + "/product"));
}

DriveIdentity identity_of(const SysfsTree& tree, const std::string& device, const Attachment& attachment) {
  DriveIdentity identity;
  if (device.find("/nvme") != std::string::npos)
    identity = nvme_identity(tree, device);
  else if (device.find("/mmc_host/") != std::string::npos)
    identity = mmc_identity(tree, device);
  else if (attachment.bus == Bus::Virtio)
    identity = {.model = "virtio",
                .serial = words_at(tree, device + "/serial"),
                .serial_source = {},
                .wwn = "",
                .firmware = ""};
  else
    identity = scsi_identity(tree, device);

  const bool bridged = attachment.bus == Bus::Usb || attachment.bus == Bus::Firewire;
  if (bridged && !attachment.usb_device.empty()) add_bridge_words(tree, attachment.usb_device, identity);
  if (!identity.serial.empty()) identity.serial_source = bridged ? SerialSource::Bridge : SerialSource::Drive;
  return identity;
}

// "rotational" is 1 for whatever has not said otherwise: USB sticks, hypervisors. Only ATA and SCSI disks are asked.
Medium medium_of(const SysfsTree& tree, const std::string& device, Bus bus) {
  if (bus == Bus::Mmc || bus == Bus::SdCard || bus == Bus::Nvme) return Medium::Flash;
  if (const auto ata = identity_in_page_89(tree.bytes(device + "/device/vpd_pg89"));
      ata && ata->medium != Medium::Unknown)
    return ata->medium;
  const std::string rotational = tree.text(device + "/queue/rotational");
  if (rotational == "0") return Medium::Flash;
  const bool asked = bus == Bus::Ata || bus == Bus::Scsi;
  return rotational == "1" && asked ? Medium::Rotating : Medium::Unknown;
}

Geometry geometry_of(const SysfsTree& tree, const std::string& device) {
  Geometry geometry;
  const std::uint64_t logical = number_at(tree, device + "/queue/logical_block_size");
  const std::uint64_t physical = number_at(tree, device + "/queue/physical_block_size");
  if (logical >= kSizeUnit && logical <= 65536 && std::has_single_bit(logical))
    geometry.logical_bytes = static_cast<std::uint32_t>(logical);
  geometry.physical_bytes = usable_physical_bytes(physical, geometry.logical_bytes);
  geometry.block_count = number_at(tree, device + "/size") / (geometry.logical_bytes / kSizeUnit);
  return geometry;
}

DriveFacts loop_facts(const SysfsTree& tree, const std::string& device, const std::string& name) {
  DriveFacts facts;
  facts.kind = DriveKind::Loop;
  facts.bus = Bus::Loop;
  facts.identity = {
      .model = "loop device", .serial = name, .serial_source = SerialSource::FileName, .wwn = "", .firmware = ""};
  facts.bus_path = "loop:" + sanitise_text(tree.text(device + "/loop/backing_file"), 4096);
  return facts;
}

DriveFacts hardware_facts(const SysfsTree& tree, const std::string& device, const std::string& name) {
  DriveFacts facts;
  const Attachment attachment = attachment_of(tree, device);
  facts.bus = name.starts_with("mspblk") ? Bus::SdCard : attachment.bus;  // Memory Sticks come out as SD cards do.
  facts.bus_path = attachment.bus_path.empty() ? sanitise_text(device) : attachment.bus_path;
  facts.identity = identity_of(tree, device, attachment);
  facts.medium = medium_of(tree, device, facts.bus);
  return facts;
}

}  // namespace

std::vector<std::string> drive_names(const SysfsTree& tree) {
  std::vector<std::string> names;
  for (const std::string& name : tree.names("sys/block")) {
    const std::string device = tree.real_path("sys/block/" + name);
    if (device.empty() || is_other_kind(tree, name, device)) continue;
    const bool empty = number_at(tree, device + "/size") == 0;
    // A disk without a size is a disk in a format that Linux does not take: it must be seen. An empty reader must not;
    // here, and only here, the flag about removable media is of use.
    const bool empty_reader = empty && tree.text(device + "/removable") == "1";
    const bool is_drive = is_loop(tree, device) ? !empty : has_hardware(tree, device) && !empty_reader;
    if (is_drive) names.push_back(name);
  }
  return names;
}

bool takes_ata_commands(const SysfsTree& tree, const std::string& name) {
  const std::string device = tree.real_path("sys/class/block/" + name);
  if (device.empty()) return false;
  const Bus bus = attachment_of(tree, device).bus;
  const bool is_translated = bus == Bus::Scsi && identity_in_page_89(tree.bytes(device + "/device/vpd_pg89"));
  return bus == Bus::Ata || is_translated;
}

std::uint32_t usable_physical_bytes(std::uint64_t physical, std::uint32_t logical) {
  const bool usable = std::has_single_bit(physical) && physical >= logical && physical <= kLargestPhysical;
  return usable ? static_cast<std::uint32_t>(physical) : logical;
}

Result<DriveFacts> block_facts(const SysfsTree& tree, const UseTables& tables, const std::string& name) {
  const std::string node = node_of(name);
  const std::string device = tree.real_path("sys/class/block/" + name);
  if (device.empty()) return Error{Errc::Gone, Stop::NoDrive, node + " is not there"};
  if (tree.exists(device + "/partition"))
    return Error{Errc::Invalid, Stop::NotADrive, node + " is a partition: name the whole drive"};
  const bool loop = is_loop(tree, device);
  if (is_other_kind(tree, name, device) || (!loop && !has_hardware(tree, device)))
    return Error{Errc::Invalid, Stop::NotADrive, node + " is no drive of its own"};

  DriveFacts facts = loop ? loop_facts(tree, device, name) : hardware_facts(tree, device, name);
  facts.path = node;
  facts.geometry = geometry_of(tree, device);
  facts.read_only = tree.text(device + "/ro") == "1";
  facts.has_write_cache = tree.text(device + "/queue/write_cache") != "write through";
  facts.uses = tables.uses_of(name);
  return facts;
}

}  // namespace relance
