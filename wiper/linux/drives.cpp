#include "wiper/linux/drives.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <cerrno>
#include <filesystem>

#include "wiper/command/sat_port.h"
#include "wiper/linux/block_device.h"
#include "wiper/linux/command_ports.h"
#include "wiper/linux/descriptor.h"
#include "wiper/linux/file_uses.h"
#include "wiper/linux/findings.h"
#include "wiper/linux/os_error.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

constexpr std::size_t kPathLimit = 4096;

std::string name_of(const SysfsTree& tree, dev_t number) {
  const std::string device =
      tree.real_path("sys/dev/block/" + std::to_string(major(number)) + ":" + std::to_string(minor(number)));
  return device.substr(device.rfind('/') + 1);
}

bool is_locked(const std::string& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct flock lock{};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return file.is_open() && ::fcntl(file.number(), F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

Result<DriveFacts> file_facts(const std::string& path) {
  const auto reader = TRY(LinuxBlockReader::open(path));
  std::error_code trouble;
  const std::filesystem::path whole = std::filesystem::canonical(path, trouble);
  if (trouble) return Error{Errc::Gone, Stop::NoDrive, path + ": " + trouble.message(), trouble.value()};
  DriveFacts facts;
  facts.path = whole.string();
  facts.kind = DriveKind::File;
  facts.bus = Bus::File;
  facts.bus_path = sanitise_text(whole.string(), kPathLimit);
  facts.identity = {.model = "file",
                    .serial = sanitise_text(whole.filename().string()),
                    .serial_source = SerialSource::FileName,
                    .wwn = "",
                    .firmware = ""};
  facts.geometry = reader->geometry();
  facts.reads_cached = reader->opened().reads_cached;
  facts.read_only = ::access(path.c_str(), W_OK) != 0;
  facts.uses = uses_of_file(path);
  if (facts.uses.empty() && is_locked(path)) facts.uses.push_back({UseKind::Opened, facts.path, ""});
  return facts;
}

// One drive's facts, with no confirm word yet.
Result<DriveFacts> facts_of(const SysfsTree& tree, const UseTables& tables, const std::string& path) {
  struct stat named{};
  if (::stat(path.c_str(), &named) != 0) return open_error(path, errno);
  if (S_ISREG(named.st_mode)) return file_facts(path);
  if (!S_ISBLK(named.st_mode))
    return Error{Errc::Invalid, Stop::NotADrive, path + " is neither a block device nor a regular file"};
  const std::string name = name_of(tree, named.st_rdev);
  if (name.empty()) return Error{Errc::Gone, Stop::NoDrive, path + " names no device of the kernel"};
  return block_facts(tree, tables, name);
}

// What cannot be asked stays unknown, and is said on the certificate; it does not keep a drive off the list.
std::optional<HiddenAreas> hidden_areas_on(const SysfsTree& tree, const DriveFacts& drive) {
  if (drive.kind != DriveKind::Physical || !takes_ata_commands(tree, drive.path.substr(drive.path.rfind('/') + 1)))
    return std::nullopt;
  Result<std::unique_ptr<ScsiPort>> scsi = open_scsi_port(drive.path, PortMay::Look);
  if (!scsi.ok()) return HiddenAreas{};
  SatPort port(std::move(scsi).value());
  const Result<HiddenAreas> areas = read_hidden_areas(port);
  return areas.ok() ? areas.value() : HiddenAreas{};
}

template <class Port>
std::optional<DriveErases> asked(Port& port) {
  const Result<DriveErases> erases = read_drive_erases(port);
  return erases.ok() ? std::optional(erases.value()) : std::nullopt;
}

// A bridge is not asked: what it hands on of such a command is its own affair.
std::optional<DriveErases> erases_on(const SysfsTree& tree, const DriveFacts& drive) {
  if (drive.kind != DriveKind::Physical || is_external(drive.bus)) return std::nullopt;
  if (drive.bus == Bus::Nvme) {
    Result<std::unique_ptr<NvmeAdminPort>> nvme = open_nvme_port(drive.path, PortMay::Look);
    return nvme.ok() ? asked(*nvme.value()) : std::nullopt;
  }
  if (!takes_ata_commands(tree, drive.path.substr(drive.path.rfind('/') + 1))) return std::nullopt;
  Result<std::unique_ptr<ScsiPort>> scsi = open_scsi_port(drive.path, PortMay::Look);
  if (!scsi.ok()) return std::nullopt;
  SatPort port(std::move(scsi).value());
  return asked(static_cast<AtaPort&>(port));
}

Result<std::vector<DriveFacts>> all_drives(const SysfsTree& tree, const UseTables& tables) {
  std::vector<DriveFacts> drives;
  for (const std::string& name : drive_names(tree)) {
    Result<DriveFacts> facts = block_facts(tree, tables, name);
    if (facts.ok()) drives.push_back(std::move(facts).value());  // Otherwise it was pulled out while we looked.
  }
  return drives;
}

}  // namespace

std::optional<StickPlace> stick_place(const std::string& folder) {
  struct statx facts{};
  if (::statx(AT_FDCWD, folder.c_str(), 0, STATX_BASIC_STATS | STATX_MNT_ID, &facts) != 0) return std::nullopt;
  // A btrfs subvolume has a device number of its own that no table knows; its mount has the one in mountinfo.
  for (const Mount& mount : parse_mountinfo(as_text(SysfsTree().bytes("proc/self/mountinfo"))))
    if ((facts.stx_mask & STATX_MNT_ID) != 0 && mount.id == facts.stx_mnt_id) return StickPlace{mount.number, folder};
  return StickPlace{{facts.stx_dev_major, facts.stx_dev_minor}, folder};
}

Result<std::vector<DriveFacts>> list_drives(const std::optional<StickPlace>& stick) {
  const SysfsTree tree;
  const UseTables tables(tree, stick);
  std::vector<DriveFacts> drives = TRY(all_drives(tree, tables));
  for (DriveFacts& drive : drives) {
    drive.findings = findings_on(drive.path, drive.geometry);
    drive.hidden_areas = hidden_areas_on(tree, drive);
    drive.erases = erases_on(tree, drive);
  }
  give_confirm_words(drives);
  return drives;
}

Result<DriveFacts> read_drive_identity(const std::string& path, const std::optional<StickPlace>& stick) {
  const SysfsTree tree;
  const UseTables tables(tree, stick);
  DriveFacts drive = TRY(facts_of(tree, tables, path));
  // A word is only as good as its list: a bridge's serial may be that of its neighbour.
  std::vector<DriveFacts> together = TRY(all_drives(tree, tables));
  std::erase_if(together, [&](const DriveFacts& other) { return other.path == drive.path; });
  together.push_back(drive);
  give_confirm_words(together);
  return together.back();
}

Result<DriveFacts> read_drive_facts(const std::string& path, const std::optional<StickPlace>& stick) {
  DriveFacts drive = TRY(read_drive_identity(path, stick));
  drive.findings = findings_on(drive.path, drive.geometry);
  drive.hidden_areas = hidden_areas_on(SysfsTree(), drive);
  drive.erases = erases_on(SysfsTree(), drive);
  return drive;
}

}  // namespace relance
