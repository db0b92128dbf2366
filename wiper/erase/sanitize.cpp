#include "wiper/erase/sanitize.h"

namespace relance {
namespace {

constexpr unsigned kUnanswered = 30;  // Polls in a row: a drive that sanitizes may be deaf for a while.

bool is_changed(SanitizeStanding before) {
  return before == SanitizeStanding::NeverRan || before == SanitizeStanding::Failed;
}

}  // namespace

Result<SanitizeReading> Sanitize::read() {
  const SanitizeReading reading = TRY(seat_->read(command()));
  if (reading.expected) expected_ = reading.expected;
  note(seat_->name_of_status(), std::string(name_of(reading.standing)));
  return reading;
}

Result<EraseStatus> Sanitize::start() {
  const Result<SanitizeReading> found = read();
  if (!found.ok()) {
    if (found.error().code == Errc::Gone) return found.error();
    note(seat_->name_of_status(), found.error().detail);
    return end(EraseOutcome::NotOffered);
  }
  const SanitizeStanding now = found.value().standing;
  if (now == SanitizeStanding::NotSaid) return end(EraseOutcome::NotOffered);  // Nobody could tell when it ends.
  const std::optional<EraseIntent>& asked = setup().before;
  if (now == SanitizeStanding::Running && !asked) return end(EraseOutcome::Refused);  // Somebody else's.
  before_ = asked ? asked->before : now;
  // After a power cut it goes on by itself: it runs still, or its status is another than when the stick was told.
  const bool has_ended = now == SanitizeStanding::Succeeded && is_changed(before_);
  if (asked && (now == SanitizeStanding::Running || has_ended)) {
    accept();
    return take(found.value());
  }
  if (setup().times_before >= kMostEraseStarts) return end(EraseOutcome::Interrupted);
  if (now == SanitizeStanding::Failed) TRY(seat_->leave_failure());
  before_ = now;
  return begin();
}

Result<EraseStatus> Sanitize::begin() {
  const SanitizeSeat::Answer allowed = TRY(seat_->may_start());
  if (!allowed.is_accepted) {
    note(seat_->name(command()), allowed.words);
    return end(allowed.otherwise);
  }
  TRY(announce({command(), before_, std::nullopt}));
  const Result<SanitizeSeat::Answer> answer = seat_->begin(command());
  if (!answer.ok() && answer.error().code == Errc::Gone) return answer.error();
  note(seat_->name(command()), answer.ok() ? answer.value().words : answer.error().detail);
  if (answer.ok() && !answer.value().is_accepted) return end(answer.value().otherwise);
  if (answer.ok()) accept();
  const Result<SanitizeReading> now = read();
  if (!now.ok()) {
    if (now.error().code == Errc::Gone) return now.error();
    return go_on_without(now.error());
  }
  // Its answer got lost on the way: that it runs now, and did not before, is one.
  const bool runs = now.value().standing == SanitizeStanding::Running;
  if (!answer.ok() && !runs) return end(EraseOutcome::Failed);
  accept();
  return take(now.value());
}

Result<EraseStatus> Sanitize::poll() {
  const Result<SanitizeReading> now = read();
  if (!now.ok() && now.error().code == Errc::Gone) return now.error();
  if (!now.ok()) return go_on_without(now.error());
  if (now.value().standing == SanitizeStanding::NotSaid)
    return go_on_without({Errc::Io, Stop::DriveSick, "its status does not come through"});
  unanswered_ = 0;
  return take(now.value());
}

EraseStatus Sanitize::go_on_without(const Error& error) {
  if (++unanswered_ < kUnanswered) return {.is_running = true, .progress = 0};
  note(seat_->name_of_status(), error.detail);
  return end(EraseOutcome::Stuck);
}

EraseStatus Sanitize::take(const SanitizeReading& reading) {
  switch (reading.standing) {
    case SanitizeStanding::Running:
      see_movement();
      return {.is_running = true, .progress = reading.progress};
    case SanitizeStanding::Succeeded:
      if (is_changed(before_)) see_movement();
      return end(has_moved() ? EraseOutcome::Done : EraseOutcome::Unproven);
    case SanitizeStanding::Failed:
      (void)seat_->leave_failure();  // If it will not, our own writes fail, and are told.
      return end(EraseOutcome::Failed);
    case SanitizeStanding::NeverRan:
    case SanitizeStanding::NotSaid:
      break;
  }
  return end(EraseOutcome::Unproven);  // Idle is no success.
}

}  // namespace relance
