#include "wiper/job/drive_lock.h"

#include <map>

#include "wiper/erase/drive_erase.h"
#include "wiper/journal/journal.h"

namespace relance {
namespace {

// The last password that this run noted for that drive.
std::optional<std::array<std::byte, 32>> password_in(const JournalText& text, const DriveFacts& drive) {
  std::map<std::string, DriveFacts> drives;
  std::optional<std::array<std::byte, 32>> password;
  for (const JournalLine& line : text.lines) {
    if (const auto* started = std::get_if<RunStarted>(&line.event)) drives[line.drive] = started->plan.drive;
    const auto* asked = std::get_if<DriveEraseAsked>(&line.event);
    const auto found = drives.find(line.drive);
    const bool is_its = asked != nullptr && asked->intent.password && found != drives.end();
    if (is_its && is_same_drive(found->second, drive)) password = asked->intent.password;
  }
  return password;
}

Result<bool> was_opened(Machine& machine, const Confirmation& confirmation) {
  const std::vector<std::string> runs = TRY(Journal::runs(machine.stick()));
  for (const std::string& run : runs) {
    const Result<JournalText> text = Journal::read(machine.stick(), run);
    if (!text.ok()) continue;  // A damaged record of another PC keeps nobody from this one.
    const auto password = password_in(text.value(), confirmation.plan().drive);
    if (!password) continue;
    const std::unique_ptr<AtaPort> port = TRY(machine.open_ata(confirmation));
    return take_password_off(*port, *password);
  }
  return false;
}

}  // namespace

Result<void> open_lock_of_ours(Machine& machine, const Confirmation& confirmation) {
  const std::optional<DriveErases>& planned = confirmation.plan().drive.erases;
  if (!planned || !planned->has_password) return {};
  const DriveFacts now = TRY(machine.look_again(confirmation));
  const std::optional<DriveErases>& erases = now.erases;
  if (!erases || !erases->has_password) return {};
  const bool is_open = TRY(was_opened(machine, confirmation));
  if (is_open || !erases->is_locked) return {};
  return Error{Errc::Refused, Stop::DriveLocked, "the drive is locked by a password that is not ours"};
}

}  // namespace relance
