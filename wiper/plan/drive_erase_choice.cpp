#include "wiper/plan/drive_erase_choice.h"

#include <algorithm>

#include "wiper/erase/known_bad.h"

namespace relance {
namespace {

// Nothing: it may be sent.
std::optional<Phrase> obstacle(const DriveFacts& drive, EraseCommand command) {
  const DriveErases& erases = *drive.erases;
  const std::string name(name_of(command));
  if (std::ranges::find(erases.offered, command) == erases.offered.end())
    return Phrase{Sentence::ByDriveNotOffered, {}};
  if (known_bad_for(drive.identity.model, command) != nullptr) return Phrase{Sentence::ByDriveKnownBad, {name}};
  if (is_nvme(command) && erases.has_other_namespaces) return Phrase{Sentence::ByDriveNamespaces, {}};
  if (is_security_erase(command) && erases.has_password) return Phrase{Sentence::ByDriveLocked, {}};
  if (is_security_erase(command) && erases.is_frozen) return Phrase{Sentence::ByDriveFrozen, {}};
  return std::nullopt;
}

}  // namespace

DriveEraseChoice choose_drive_erase(const DriveFacts& drive, const Policy& policy) {
  if (policy.drive_erases.empty()) return {};
  if (is_external(drive.bus)) return {{}, Phrase{Sentence::ByDriveBridge, {}}};
  if (!drive.erases) return {{}, Phrase{Sentence::ByDriveNotOffered, {}}};
  if (drive.erases->is_locked) return {{}, Phrase{Sentence::ByDriveLocked, {}}};
  Phrase why{Sentence::ByDriveNotOffered, {}};
  for (const EraseCommand command : policy.drive_erases) {
    const std::optional<Phrase> against = obstacle(drive, command);
    if (!against) return {command, Phrase{Sentence::ByDriveChosen, {std::string(name_of(command))}}};
    if (against->name != Sentence::ByDriveNotOffered) why = *against;
  }
  return {{}, why};
}

}  // namespace relance
