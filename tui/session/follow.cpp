#include "tui/session/follow.h"

#include "tui/session/console.h"

namespace relance {
namespace {

constexpr nanoseconds kTick = std::chrono::milliseconds(100);

message::Tick tick_at(Session& session, std::vector<DriveSample> samples) {
  Executor& executor = session.executor();
  return {executor.now(), console::local_clock_s(executor.pc_clock_s()), std::move(samples)};
}

}  // namespace

std::vector<DriveOutcome> follow(Session& session, Run& run, const OnTick& on_tick) {
  while (!run.look()) {
    if (console::stop_requests() > 0) run.cancel();
    if (console::stop_requests() > 1 || run.is_patience_over()) break;
    on_tick(tick_at(session, run.samples()));
    (void)session.executor().wait([&] { return run.has_ended(); }, session.executor().now() + kTick);  // Asked again.
  }
  return run.conclude();
}

Verification follow(Session& session, Comparison& comparison, const OnTick& on_tick) {
  while (!comparison.has_ended()) {
    if (console::stop_requests() > 0) comparison.cancel();
    if (console::stop_requests() > 1) break;
    on_tick(tick_at(session, {{"1", comparison.sample(), false, false}}));
    (void)session.executor().wait([&] { return comparison.has_ended(); },
                                  session.executor().now() + kTick);  // Asked again.
  }
  return comparison.result();
}

}  // namespace relance
