#include "wiper/discover/drive_facts.h"

#include <algorithm>
#include <map>

namespace relance {
namespace {

// A bridge may show one serial for every disk behind it, so the place counts too.
bool serial_identifies(const DriveFacts& drive) {
  return !drive.identity.serial.empty() && drive.identity.serial_source == SerialSource::Drive;
}

bool is_file_like(const DriveFacts& drive) { return drive.kind == DriveKind::File || drive.kind == DriveKind::Loop; }

std::string last_name(const std::string& path) {
  const auto slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace

// Only ATA disks have such commands. What is no hardware has none either: its bus is somebody's word. Of an NVMe drive that
// has other namespaces, attached or not, nobody knows what they hold.
std::optional<std::uint64_t> hidden_blocks(const DriveFacts& drive) {
  if (drive.erases && drive.erases->has_other_namespaces) return std::nullopt;
  const bool may_hide = drive.kind == DriveKind::Physical && drive.bus == Bus::Ata;
  if (!drive.hidden_areas) return may_hide ? std::nullopt : std::optional<std::uint64_t>(0);
  if (!drive.hidden_areas->are_known()) return std::nullopt;
  const std::uint64_t largest = drive.hidden_areas->largest_blocks();
  return largest > drive.geometry.block_count ? largest - drive.geometry.block_count : 0;
}

bool is_same_drive(const DriveFacts& planned, const DriveFacts& actual) {
  if (planned.kind != actual.kind || planned.identity.model != actual.identity.model) return false;
  if (planned.identity.serial != actual.identity.serial || planned.identity.wwn != actual.identity.wwn) return false;
  if (planned.geometry.logical_bytes != actual.geometry.logical_bytes) return false;
  return serial_identifies(planned) || planned.bus_path == actual.bus_path;
}

void give_confirm_words(std::vector<DriveFacts>& drives) {
  std::map<std::string, int> serials;
  for (const DriveFacts& drive : drives) ++serials[drive.identity.serial];
  for (DriveFacts& drive : drives) {
    if (is_file_like(drive))
      drive.confirm_word = last_name(drive.path);
    else if (!drive.identity.serial.empty() && serials[drive.identity.serial] == 1)
      drive.confirm_word = drive.identity.serial;
    else
      drive.confirm_word = drive.bus_path + ":" + std::to_string(drive.geometry.size_bytes());
  }
}

}  // namespace relance
