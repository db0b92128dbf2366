#include "wiper/erase/security_erase.h"

#include <algorithm>

#include "wiper/command/ata_commands.h"

namespace relance {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// The drive's own figure and an hour; never less than what 30 MB/s would take, and half an hour. hdparm waits as long.
constexpr minutes kBeyondItsWord{60};
constexpr minutes kBeyondItsSize{30};
constexpr std::uint64_t kSlowestBytes_s = 30'000'000;
constexpr hours kWithoutItsWord{12};
constexpr seconds kForTheOthers{300};  // All commands around the long one.

seconds patience_for(const IdentifyDevice& device, bool is_enhanced) {
  const std::optional<unsigned> said =
      is_enhanced ? device.security.enhanced_erase_minutes : device.security.erase_minutes;
  const std::uint64_t bytes = device.sectors * device.logical_bytes;
  const seconds by_size = seconds(bytes / kSlowestBytes_s) + kBeyondItsSize;
  const seconds by_word = said ? seconds(minutes(*said) + kBeyondItsWord) : seconds(kWithoutItsWord);
  return std::max(by_size, by_word);
}

}  // namespace

// Taking a password off: a locked drive is unlocked first.
Result<bool> take_password_off(AtaPort& port, const std::array<std::byte, 32>& password) {
  const ata::Password ours{.is_master = false, .bytes = password};
  const IdentifyDevice device = TRY(read_identify_device(port));
  if (!device.security.is_enabled) return true;
  if (device.security.is_locked) {
    const Result<AtaReply> unlocked = port.submit(ata::security_unlock(ours));
    if (!unlocked.ok()) return unlocked.error();
  }
  const Result<AtaReply> disabled = port.submit(ata::security_disable(ours));
  if (!disabled.ok()) return disabled.error();
  const IdentifyDevice after = TRY(read_identify_device(port));
  return !after.security.is_enabled && !after.security.is_locked;
}

SecurityErase::SecurityErase(EraseCommand command, std::unique_ptr<AtaPort> port, EraseSetup setup)
    : DriveErase(command, std::move(setup)), port_(std::move(port)), patience_(kWithoutItsWord) {
  const Result<IdentifyDevice> device = read_identify_device(*port_);
  if (device.ok())
    patience_ = patience_for(device.value(), command == EraseCommand::SecurityEraseEnhanced) + kForTheOthers;
}

Result<AtaSecurity> SecurityErase::security() {
  const IdentifyDevice device = TRY(read_identify_device(*port_));
  const AtaSecurity& now = device.security;
  note("IDENTIFY DEVICE", std::string("password ") + (now.is_enabled ? "set" : "not set") +
                              (now.is_locked ? ", locked" : "") + (now.is_frozen ? ", frozen" : ""));
  return now;
}

// True: it did, or says so.
Result<bool> SecurityErase::obeys(const AtaCommand& command) {
  const Result<AtaReply> reply = port_->submit(command);
  if (!reply.ok()) {
    if (reply.error().code == Errc::Gone) return reply.error();
    note(command.name, reply.error().detail);
    return false;
  }
  note(command.name, reply.value().failed ? "aborted" : "accepted");
  return !reply.value().failed;
}

Result<std::optional<EraseOutcome>> SecurityErase::why_not(const AtaSecurity& now) {
  const bool has_it = command() == EraseCommand::SecurityErase || now.has_enhanced_erase;
  if (!now.is_supported || !has_it) return std::optional(EraseOutcome::NotOffered);
  if (now.is_enabled || now.is_locked) {
    const bool is_ours = setup().before && setup().before->password;
    if (!is_ours) return std::optional(EraseOutcome::Locked);
    const bool is_off = TRY(take_password_off(*port_, *setup().before->password));
    note("SECURITY DISABLE PASSWORD", is_off ? "accepted" : "the password stays");
    if (!is_off) return std::optional(EraseOutcome::StillLocked);
  }
  if (now.is_frozen) return std::optional(EraseOutcome::Frozen);
  if (now.is_expired) return std::optional(EraseOutcome::Locked);
  if (setup().times_before >= kMostEraseStarts) return std::optional(EraseOutcome::Interrupted);
  return std::optional<EraseOutcome>();
}

Result<EraseStatus> SecurityErase::start() {
  const Result<AtaSecurity> now = security();
  if (!now.ok()) {
    if (now.error().code == Errc::Gone) return now.error();
    return end(EraseOutcome::NotOffered);
  }
  const std::optional<EraseOutcome> reason = TRY(why_not(now.value()));
  if (reason) return end(*reason);
  return erase();
}

Result<EraseStatus> SecurityErase::erase() {
  const ata::Password password{.is_master = false, .bytes = erase_password()};
  TRY(announce({command(), SanitizeStanding::NotSaid, password.bytes}));
  const bool is_set = TRY(obeys(ata::security_set_user_password(password)));
  const Result<AtaSecurity> locked = security();
  if (!locked.ok() && locked.error().code == Errc::Gone) return locked.error();
  const bool is_shown = locked.ok() && locked.value().is_enabled;
  if (!is_shown) return end(is_set ? EraseOutcome::Lied : EraseOutcome::Refused);
  // ACS: the erase must follow the preparation immediately.
  const bool is_enhanced = command() == EraseCommand::SecurityEraseEnhanced;
  bool was_accepted = TRY(obeys(ata::security_erase_prepare()));
  if (was_accepted)
    was_accepted = TRY(obeys(ata::security_erase_unit(password, is_enhanced, patience_ - kForTheOthers)));
  return judge(was_accepted);
}

// Success is a drive that answers well and has forgotten the password by itself.
Result<EraseStatus> SecurityErase::judge(bool was_accepted) {
  const Result<AtaSecurity> after = security();
  if (!after.ok() && after.error().code == Errc::Gone) return after.error();
  const bool has_forgotten = after.ok() && !after.value().is_enabled && !after.value().is_locked;
  if (was_accepted) accept();
  if (has_forgotten) {
    see_movement();
    return end(was_accepted ? EraseOutcome::Done : EraseOutcome::Failed);
  }
  const Result<bool> is_off = take_password_off(*port_, erase_password());
  if (!is_off.ok() && is_off.error().code == Errc::Gone) return is_off.error();
  const bool is_open = is_off.ok() && is_off.value();
  note("SECURITY DISABLE PASSWORD", is_open ? "accepted" : "the password stays");
  if (!is_open) return end(EraseOutcome::StillLocked);
  return end(was_accepted ? EraseOutcome::Lied : EraseOutcome::Failed);
}

}  // namespace relance
