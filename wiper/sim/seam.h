#pragma once
// What every call at a seam of one boot goes through: it is counted and traced, may pass the baton, takes its time, fails
// if it is the one that was chosen, and finds the power off from the chosen operation on.

#include <atomic>
#include <memory>
#include <string_view>

#include "wiper/base/error.h"
#include "wiper/base/executor.h"
#include "wiper/sim/trace.h"

namespace relance {

// Any thread may call any member. The executor outlives all calls.
class Seam {
 public:
  enum class Turn : std::uint8_t {
    Acts,        // It happens.
    Fails,       // It was chosen to fail: answer with an error.
    LosesPower,  // The power goes off while it happens: nobody knows how far it came; answer Gone.
    Off,         // There is no power: nothing happens; answer Gone.
  };

  explicit Seam(Executor& executor, std::shared_ptr<Trace> trace = std::make_shared<Trace>())
      : executor_(executor), trace_(std::move(trace)) {}

  // An operation begins. They are counted from 1.
  Turn enter(std::string_view what);
  // It goes on for a while. False: the power went off meanwhile.
  bool spend(nanoseconds span);
  bool spend_until(Moment end);

  void cut_power();
  bool is_on() const { return is_on_; }
  std::uint64_t operations() const { return operations_; }
  // 0: none.
  void cut_power_at(std::uint64_t operation) { cut_at_ = operation; }
  void fail_at(std::uint64_t operation) { fail_at_ = operation; }

  Executor& executor() { return executor_; }

 private:
  Executor& executor_;
  const std::shared_ptr<Trace> trace_;
  std::atomic<bool> is_on_{true};
  std::atomic<std::uint64_t> operations_{0};
  std::atomic<std::uint64_t> cut_at_{0};   // Set before the boot runs.
  std::atomic<std::uint64_t> fail_at_{0};  // Set before the boot runs.
};

inline Error no_power() { return {Errc::Gone, Stop::DriveGone, "the power is off"}; }

}  // namespace relance
