#include "wiper/linux/machine.h"

#include <sys/stat.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <cerrno>
#include <fstream>

#include "wiper/base/version.h"
#include "wiper/command/sat_port.h"
#include "wiper/linux/command_ports.h"
#include "wiper/linux/drives.h"
#include "wiper/linux/folder_store.h"
#include "wiper/linux/live_system.h"
#include "wiper/linux/os_error.h"
#include "wiper/text/sanitise_text.h"

namespace relance {
namespace {

// What stands in for a stick that nobody gave.
class MissingStore : public Store {
 public:
  Result<void> append(const std::string&, std::span<const std::byte>) override { return missing(); }
  Result<void> publish(const std::string&, std::span<const std::byte>) override { return missing(); }
  Result<Bytes> read(const std::string&) override { return missing(); }
  Result<std::vector<std::string>> list(const std::string&) override { return missing(); }
  bool exists(const std::string&) override { return false; }
  Result<void> try_out() override { return missing(); }

 private:
  static Error missing() { return {Errc::Gone, Stop::StickMissing, "there is no stick"}; }
};

// The same drive, as large as it was planned.
Result<void> compare_with_plan(const DriveFacts& planned, const DriveFacts& now) {
  if (!is_same_drive(planned, now))
    return Error{Errc::Refused, Stop::DriveChanged, now.path + " is not the drive of the plan"};
  if (now.geometry.size_bytes() != planned.geometry.size_bytes())
    return Error{Errc::Refused, Stop::DriveChanged, now.path + " has another size than in the plan"};
  return {};
}

// As large as the plan lets it be: it may be about to show more of itself, or just have.
Result<void> compare_with_plan(const Plan& plan, const DriveFacts& now) {
  DriveFacts wanted = plan.drive;
  if (has_planned_size(plan, now)) wanted.geometry.block_count = now.geometry.block_count;
  return compare_with_plan(wanted, now);
}

// The kernel says only "busy"; the tables say by whom.
Error with_reason(Error error, const DriveFacts& drive) {
  if (error.code != Errc::Busy) return error;
  for (const Use& use : drive.uses) {
    const bool mounted = use.kind == UseKind::Mounted || use.kind == UseKind::Swap;
    if (mounted)
      return {Errc::Busy, Stop::DriveMounted, error.detail + ": " + use.what + " " + use.where, error.os_errno};
  }
  return error;
}

bool is_own_stick(const DriveFacts& drive) {
  return std::any_of(drive.uses.begin(), drive.uses.end(),
                     [](const Use& use) { return use.kind == UseKind::OwnStick; });
}

// What the firmware calls this PC. Only root reads the serial.
std::string dmi_text(const SysfsTree& tree, const std::string& name) {
  return sanitise_text(tree.text("sys/class/dmi/id/" + name));
}

}  // namespace

Result<std::unique_ptr<LinuxMachine>> LinuxMachine::open(const std::string& stick_folder) {
  if (stick_folder.empty())
    return std::unique_ptr<LinuxMachine>(new LinuxMachine(std::make_unique<MissingStore>(), ""));
  auto store = TRY(FolderStore::open(stick_folder));
  return std::unique_ptr<LinuxMachine>(new LinuxMachine(std::move(store), stick_folder));
}

LinuxMachine::LinuxMachine(std::unique_ptr<Store> stick, std::string stick_folder)
    : stick_(std::move(stick)), stick_folder_(std::move(stick_folder)) {
  const std::optional<StickPlace> place = place_of_stick();
  if (!place) return;
  const SysfsTree tree;
  const UseTables tables(tree, place);
  for (const std::string& name : drive_names(tree)) {
    Result<DriveFacts> drive = block_facts(tree, tables, name);
    if (drive.ok() && is_own_stick(drive.value())) stick_drive_ = std::move(drive).value();
  }
}

void LinuxMachine::mark_own_stick(DriveFacts& drive) const {
  const bool is_back = stick_drive_ && is_external(stick_drive_->bus) && !is_own_stick(drive) &&
                       !drive.identity.serial.empty() && is_same_drive(*stick_drive_, drive);
  if (is_back) drive.uses.insert(drive.uses.begin(), Use{UseKind::OwnStick, drive.path, stick_folder_});
}

MachineFacts LinuxMachine::facts() {
  const SysfsTree tree;
  struct sysinfo memory{};
  (void)::sysinfo(&memory);  // Fails for a bad address only.
  return {.maker = dmi_text(tree, "sys_vendor"),
          .product = dmi_text(tree, "product_name"),
          .serial = dmi_text(tree, "product_serial"),
          .memory_bytes = static_cast<std::uint64_t>(memory.totalram) * memory.mem_unit,
          .software = std::string(version())};
}

PowerFacts LinuxMachine::power() { return read_power(SysfsTree()); }

bool LinuxMachine::may_find_more_drives() { return live_system::loads_drivers(); }

std::optional<StickPlace> LinuxMachine::place_of_stick() const {
  return stick_folder_.empty() ? std::nullopt : stick_place(stick_folder_);
}

Result<std::vector<DriveFacts>> LinuxMachine::drives() {
  std::vector<DriveFacts> drives = TRY(list_drives(place_of_stick()));
  for (DriveFacts& drive : drives) mark_own_stick(drive);
  return drives;
}

Result<DriveFacts> LinuxMachine::drive(const std::string& path) {
  DriveFacts drive = TRY(read_drive_facts(path, place_of_stick()));
  mark_own_stick(drive);
  return drive;
}

// Facts of a drive that is open: nobody else can get its number any more, but the path may lead elsewhere by now.
Result<DriveFacts> LinuxMachine::facts_of_open(const std::string& path, const OpenedDrive& opened) const {
  DriveFacts now = TRY(read_drive_identity(path, place_of_stick()));
  mark_own_stick(now);
  struct stat named{};
  if (::stat(path.c_str(), &named) != 0) return open_error(path, errno);
  const bool same = opened.is_file ? named.st_dev == opened.device_number && named.st_ino == opened.file_number
                                   : named.st_rdev == opened.device_number;
  if (!same) return Error{Errc::Refused, Stop::DriveChanged, path + " became another drive while it was opened"};
  return now;
}

Result<std::unique_ptr<BlockReader>> LinuxMachine::open_reader(const DriveFacts& drive) {
  auto reader = TRY(LinuxBlockReader::open(drive.path));
  const DriveFacts now = TRY(facts_of_open(drive.path, reader->opened()));
  TRY(compare_with_plan(drive, now));
  return std::unique_ptr<BlockReader>(std::move(reader));
}

// By identity: first where it was, then among all. Two that cannot be told apart are none.
Result<DriveFacts> LinuxMachine::find_again(const DriveFacts& planned) const {
  Result<DriveFacts> there = read_drive_identity(planned.path, place_of_stick());
  if (there.ok() && is_same_drive(planned, there.value())) return there;
  if (planned.kind == DriveKind::File)
    return there.ok() ? Error{Errc::Refused, Stop::DriveChanged, planned.path} : there;

  const SysfsTree tree;
  const UseTables tables(tree, place_of_stick());
  std::vector<DriveFacts> found;
  for (const std::string& name : drive_names(tree)) {
    Result<DriveFacts> drive = block_facts(tree, tables, name);
    if (drive.ok() && is_same_drive(planned, drive.value())) found.push_back(std::move(drive).value());
  }
  if (found.size() == 1) return found.front();
  if (found.size() > 1) return Error{Errc::Refused, Stop::DriveChanged, "several drives answer to the plan's serial"};
  if (there.ok()) return Error{Errc::Refused, Stop::DriveChanged, planned.path + " is another drive than in the plan"};
  return Error{Errc::Gone, Stop::DriveGone, planned.path + ": the drive of the plan is not there any more"};
}

Result<std::unique_ptr<BlockDevice>> LinuxMachine::open_for_writing(const Confirmation& confirmation) {
  const DriveFacts& planned = confirmation.plan().drive;
  const DriveFacts before = TRY(find_again(planned));
  auto opened = LinuxBlockDevice::open(before.path);
  if (!opened.ok()) return with_reason(std::move(opened).error(), before);
  auto device = std::move(opened).value();

  // Held: from here on nobody mounts it or takes its number. What is true now stays true.
  DriveFacts now = TRY(facts_of_open(before.path, device->opened()));
  TRY(compare_with_plan(confirmation.plan(), now));
  std::erase_if(now.uses, [](const Use& use) { return use.kind == UseKind::Opened; });  // By ourselves.
  TRY(refuse_unfit_drive(now));
  return std::unique_ptr<BlockDevice>(std::move(device));
}

Result<std::unique_ptr<AtaPort>> LinuxMachine::open_ata(const Confirmation& confirmation) {
  const DriveFacts now = TRY(find_again(confirmation.plan().drive));
  const std::string name = now.path.substr(now.path.rfind('/') + 1);
  if (now.kind != DriveKind::Physical || !takes_ata_commands(SysfsTree(), name))
    return Error{Errc::Unsupported, Stop::DriveSick, now.path + " takes no ATA commands"};
  auto scsi = TRY(open_scsi_port(now.path, PortMay::Change));
  return std::unique_ptr<AtaPort>(std::make_unique<SatPort>(std::move(scsi)));
}

Result<std::unique_ptr<NvmeAdminPort>> LinuxMachine::open_nvme(const Confirmation& confirmation) {
  const DriveFacts now = TRY(find_again(confirmation.plan().drive));
  if (now.kind != DriveKind::Physical || now.bus != Bus::Nvme)
    return Error{Errc::Unsupported, Stop::DriveSick, now.path + " is no NVMe drive"};
  return open_nvme_port(now.path, PortMay::Change);
}

// The kernel asks the SCSI layer, and that libata, which may still know only the size of the last start: then the drive
// shows the rest after a power cycle, and the size here says so.
Result<DriveFacts> LinuxMachine::look_again(const Confirmation& confirmation) {
  const DriveFacts now = TRY(find_again(confirmation.plan().drive));
  std::ofstream("/sys/block/" + now.path.substr(now.path.rfind('/') + 1) + "/device/rescan") << "1";
  return drive(now.path);
}

}  // namespace relance
