#pragma once
// Between two chunks a worker passes this gate. A person, heat or a pulled stick closes it for a while; a cancel ends
// the sweep. Nothing is interrupted inside a chunk.

#include <atomic>
#include <cstdint>

#include "wiper/base/executor.h"

namespace relance {

enum class Hold : std::uint32_t {
  Person = 1,
  Heat = 2,
  Stick = 4
};  // Reasons add up: the gate opens when none is left.

class Gate {
 public:
  void close(Hold reason) { reasons_.fetch_or(static_cast<std::uint32_t>(reason)); }
  void open(Hold reason, Executor& executor) {
    reasons_.fetch_and(~static_cast<std::uint32_t>(reason));
    executor.notify();
  }
  void cancel(Executor& executor) {
    cancelled_.store(true);
    executor.notify();
  }
  bool is_cancelled() const { return cancelled_.load(); }
  bool is_closed() const { return reasons_.load() != 0; }

  // Waits until open; false: cancelled.
  bool pass(Executor& executor) const {
    while (is_closed() && !is_cancelled())
      (void)executor.wait([this] { return !is_closed() || is_cancelled(); },
                          executor.now() + kLook);  // Loops either way.
    return !is_cancelled();
  }

 private:
  static constexpr nanoseconds kLook = std::chrono::seconds(1);  // A lost notify costs a second, not a night.
  std::atomic<std::uint32_t> reasons_{0};  // Written by whoever closes and opens; read by workers.
  std::atomic<bool> cancelled_{false};     // Set once, by whoever cancels.
};

}  // namespace relance
