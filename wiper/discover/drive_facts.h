#pragma once
// What is known about a drive before anything is planned. Made by wiper/linux from sysfs and libblkid, or by wiper/sim;
// everything a drive or a donor's disk said about itself is already sanitised here (printable UTF-8, trimmed, bounded).

#include <optional>
#include <string>
#include <vector>

#include "wiper/command/drive_erases.h"
#include "wiper/command/hidden_areas.h"
#include "wiper/device/block_device.h"
#include "wiper/device/extent_set.h"

namespace relance {

enum class DriveKind : std::uint8_t {
  Physical,
  File,
  Loop,
  Simulated
};  // All but the first are ESSAI on a certificate.
enum class Bus : std::uint8_t { Unknown, Ata, Scsi, Nvme, Virtio, Mmc, SdCard, Usb, Firewire, Thunderbolt, Loop, File };
enum class Medium : std::uint8_t { Unknown, Rotating, Flash };
enum class SerialSource : std::uint8_t { None, Drive, Bridge, FileName };  // A bridge's serial may be the bridge's own.
enum class UseKind : std::uint8_t { Mounted, Swap, Holder, OwnStick, Opened };

template <>
struct EnumNames<DriveKind> {
  static constexpr std::array<std::string_view, 4> names{"physical", "file", "loop", "simulated"};
};
template <>
struct EnumNames<Bus> {
  static constexpr std::array<std::string_view, 12> names{
      "unknown", "ata", "scsi", "nvme", "virtio", "mmc", "sdcard", "usb", "firewire", "thunderbolt", "loop", "file"};
};
template <>
struct EnumNames<Medium> {
  static constexpr std::array<std::string_view, 3> names{"unknown", "rotating", "flash"};
};
template <>
struct EnumNames<SerialSource> {
  static constexpr std::array<std::string_view, 4> names{"none", "drive", "bridge", "file-name"};
};
template <>
struct EnumNames<UseKind> {
  static constexpr std::array<std::string_view, 5> names{"mounted", "swap", "holder", "own-stick", "opened"};
};

struct Use {  // Somebody uses the drive or a part of it.
  UseKind kind = UseKind::Mounted;
  std::string what;   // Which node: "/dev/sda1".
  std::string where;  // Mount point, holder's name; may be empty.

  static constexpr auto fields() {
    return std::tuple{field("kind", &Use::kind), field("what", &Use::what), field("where", &Use::where)};
  }
  bool operator==(const Use&) const = default;
};

struct Finding {  // What is on it, for the technician's eye only: "ntfs" "Windows", "gpt".
  std::string type;
  std::string label;
  std::uint64_t offset_bytes = 0;
  std::uint64_t size_bytes = 0;

  static constexpr auto fields() {
    return std::tuple{field("type", &Finding::type), field("label", &Finding::label),
                      field("offset_bytes", &Finding::offset_bytes), field("size_bytes", &Finding::size_bytes)};
  }
  bool operator==(const Finding&) const = default;
};

struct DriveIdentity {  // A drive is held by this, never by its node's name.
  std::string model;
  std::string serial;
  SerialSource serial_source = SerialSource::None;
  std::string wwn;
  std::string firmware;

  static constexpr auto fields() {
    return std::tuple{field("model", &DriveIdentity::model), field("serial", &DriveIdentity::serial),
                      field("serial_source", &DriveIdentity::serial_source), field("wwn", &DriveIdentity::wwn),
                      field("firmware", &DriveIdentity::firmware)};
  }
  bool operator==(const DriveIdentity&) const = default;
};

struct DriveFacts {
  std::string
      path;  // Where the machine finds it now: "/dev/sda", a file's path. For opening and for eyes, never for identity.
  DriveKind kind = DriveKind::Physical;
  DriveIdentity identity;
  Geometry geometry;
  Bus bus = Bus::Unknown;
  std::string bus_path;  // Where it is plugged: "pci-0000:00:1f.2-ata-1"; a file's absolute path.
  Medium medium = Medium::Unknown;
  bool read_only = false;
  bool reads_cached =
      false;  // The file system refuses O_DIRECT: what is read back came through the cache. Said on the certificate.
  bool has_write_cache = true;
  std::optional<HiddenAreas> hidden_areas;  // Of an ATA disk. Nothing: of another kind, or not asked.
  std::optional<DriveErases> erases;        // By itself. Nothing: it has no such commands, or was not asked.
  std::vector<Use> uses;
  std::vector<Finding> findings;
  std::string confirm_word;  // What `--confirm` wants: unique among the drives listed together.

  static constexpr auto fields() {
    return std::tuple{field("path", &DriveFacts::path),
                      field("kind", &DriveFacts::kind),
                      field("identity", &DriveFacts::identity),
                      field("geometry", &DriveFacts::geometry),
                      field("bus", &DriveFacts::bus),
                      field("bus_path", &DriveFacts::bus_path),
                      field("medium", &DriveFacts::medium),
                      field("read_only", &DriveFacts::read_only),
                      field("reads_cached", &DriveFacts::reads_cached),
                      field("has_write_cache", &DriveFacts::has_write_cache),
                      field("hidden_areas", &DriveFacts::hidden_areas),
                      field("erases", &DriveFacts::erases),
                      field("uses", &DriveFacts::uses),
                      field("findings", &DriveFacts::findings),
                      field("confirm_word", &DriveFacts::confirm_word)};
  }
  bool operator==(const DriveFacts&) const = default;
};

// External is decided by the bus, never by the `removable` flag (USB disks say 0). Soldered MMC is internal.
constexpr bool is_external(Bus bus) {
  return bus == Bus::Usb || bus == Bus::Firewire || bus == Bus::Thunderbolt || bus == Bus::SdCard;
}

// How many blocks the drive has beyond those that can be addressed: 0 for drives that have no way to hide any. Nothing: it
// may hide some, and nobody knows.
std::optional<std::uint64_t> hidden_blocks(const DriveFacts& drive);

// The same drive as when it was planned: kind, serial, WWN, model and size. For drives without a serial the bus path counts.
bool is_same_drive(const DriveFacts& planned, const DriveFacts& actual);

// Gives each drive its confirm word: the serial; bus path and size where the serial is missing or not unique; the file's
// or device's name for a file or loop drive.
void give_confirm_words(std::vector<DriveFacts>& drives);

}  // namespace relance
