#include "wiper/sim/seam.h"

#include <string>

namespace relance {

Seam::Turn Seam::enter(std::string_view what) {
  executor_.sleep(nanoseconds(0));  // Others may come first.
  const std::uint64_t number = ++operations_;
  trace_->note(std::to_string(number) + " " + std::string(what));
  if (!is_on_) return Turn::Off;
  if (number == cut_at_) {
    cut_power();
    return Turn::LosesPower;
  }
  return number == fail_at_ ? Turn::Fails : Turn::Acts;
}

bool Seam::spend(nanoseconds span) { return spend_until(executor_.now() + span); }

bool Seam::spend_until(Moment end) {
  (void)executor_.wait([this] { return !is_on_; }, end);  // The answer below is the newer one.
  return is_on_;
}

void Seam::cut_power() {
  is_on_ = false;
  trace_->note("power off");
  executor_.notify();
}

}  // namespace relance
