#pragma once
// What came of one erase by a drive's own firmware: which commands were sent, what was answered, and what that proves. It
// never says that data is gone: that is asked of the blocks.

#include <optional>
#include <string>
#include <vector>

#include "wiper/command/erase_command.h"

namespace relance {

enum class EraseOutcome : std::uint8_t {
  Done,             // The start was seen, then progress or a changed status, then success.
  Unproven,         // It answered yes, and showed nothing of it.
  NotOffered,       // It does not have the command.
  Refused,          // It has it, and refused.
  Frozen,           // By the PC's firmware, until the power was off.
  Locked,           // By a password that is not ours.
  Failed,           // It began, and said that it failed.
  Stuck,            // It began, and neither ends nor moves on.
  Lied,             // It said yes to a command whose effect it then denied.
  StillLocked,      // By our own password, which it does not take back.
  Interrupted,      // The power went too often in the middle.
  OtherNamespaces,  // It would hit more than what was chosen.
};
template <>
struct EnumNames<EraseOutcome> {
  static constexpr std::array<std::string_view, 12> names{"done",   "unproven",     "not-offered", "refused",
                                                          "frozen", "locked",       "failed",      "stuck",
                                                          "lied",   "still-locked", "interrupted", "other-namespaces"};
};
// It answered yes. What it then left on its blocks shows whether that was so.
constexpr bool says_success(EraseOutcome outcome) {
  return outcome == EraseOutcome::Done || outcome == EraseOutcome::Unproven || outcome == EraseOutcome::Lied;
}

enum class SanitizeStanding : std::uint8_t { NeverRan, Running, Succeeded, Failed, NotSaid };
template <>
struct EnumNames<SanitizeStanding> {
  static constexpr std::array<std::string_view, 5> names{"never-ran", "running", "succeeded", "failed", "not-said"};
};

// On the stick before the first command that changes the drive.
struct EraseIntent {
  EraseCommand command = EraseCommand::Overwrite;
  SanitizeStanding before = SanitizeStanding::NotSaid;
  std::optional<std::array<std::byte, 32>> password;  // That the drive is about to be locked with.

  static constexpr auto fields() {
    return std::tuple{field("command", &EraseIntent::command), field("before", &EraseIntent::before),
                      field("password", &EraseIntent::password)};
  }
  bool operator==(const EraseIntent&) const = default;
};

struct EraseExchange {
  std::string command;  // As the standard calls it.
  std::string answer;

  static constexpr auto fields() {
    return std::tuple{field("command", &EraseExchange::command), field("answer", &EraseExchange::answer)};
  }
  bool operator==(const EraseExchange&) const = default;
};

struct EraseReport {
  EraseCommand command = EraseCommand::Overwrite;
  EraseOutcome outcome = EraseOutcome::Unproven;
  bool was_accepted = false;
  bool has_moved = false;  // Progress was seen, or its status is another than before.
  std::vector<EraseExchange> exchanges;

  static constexpr auto fields() {
    return std::tuple{field("command", &EraseReport::command), field("outcome", &EraseReport::outcome),
                      field("was_accepted", &EraseReport::was_accepted), field("has_moved", &EraseReport::has_moved),
                      field("exchanges", &EraseReport::exchanges)};
  }
  bool operator==(const EraseReport&) const = default;
};

// Sealed: made by a DriveErase only, and by the journal's reader from what one had reported.
class EraseProof {
 public:
  const EraseReport& report() const { return report_; }
  bool operator==(const EraseProof&) const = default;

 private:
  friend class DriveErase;
  friend class EraseProofRecord;  // wiper/journal: to an event and back.
  EraseReport report_;
};

}  // namespace relance
