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
  if (is_external(drive.bus)) return {{}, {{Sentence::ByDriveBridge, {}}}};
  if (!drive.erases) return {{}, {{Sentence::ByDriveNotOffered, {}}}};
  if (drive.erases->is_locked) return {{}, {{Sentence::ByDriveLocked, {}}}};
  DriveEraseChoice choice;
  for (const EraseCommand command : policy.drive_erases) {
    const std::optional<Phrase> against = obstacle(drive, command);
    if (against && against->name == Sentence::ByDriveNotOffered) continue;
    const Sentence how = choice.commands.empty() ? Sentence::ByDriveChosen : Sentence::ByDriveThen;
    const Phrase why = against.value_or(Phrase{how, {std::string(name_of(command))}});
    if (std::ranges::find(choice.why, why) == choice.why.end()) choice.why.push_back(why);
    if (!against) choice.commands.push_back(command);
  }
  if (choice.why.empty()) choice.why.push_back({Sentence::ByDriveNotOffered, {}});
  return choice;
}

}  // namespace relance
