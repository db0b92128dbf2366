#pragma once
// Threads, time and waiting, as an argument. Real in wiper/linux; in wiper/sim one thread runs at a time and the clock
// moves only when nobody can run, so that a seed replays a whole job. Nobody else names std::thread, a clock or a sleep.

#include <chrono>
#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace relance {

using std::chrono::nanoseconds;

// A point on a clock that only moves forward and counts suspend too (CLOCK_BOOTTIME). Its zero means nothing.
struct Moment {
  nanoseconds since_zero{0};
  friend auto operator<=>(const Moment&, const Moment&) = default;
};
inline Moment operator+(Moment moment, nanoseconds span) { return {moment.since_zero + span}; }
inline nanoseconds operator-(Moment later, Moment earlier) { return later.since_zero - earlier.since_zero; }

// A started thread. Destroying an unfinished Task lets it run on by itself: a thread stuck in the kernel cannot be
// cancelled, and nobody joins a job that is stalled. So a body owns (shared_ptr) whatever it touches.
class Task {
 public:
  virtual ~Task() = default;
  virtual bool finished() const = 0;
  virtual void join() = 0;
};

// Any thread may call any member. No lock is held over a call.
class Executor {
 public:
  virtual ~Executor() = default;

  virtual Moment now() const = 0;
  // What the PC's clock says, in seconds since 1970. It may be wrong by years.
  virtual std::int64_t pc_clock_s() const = 0;

  virtual std::unique_ptr<Task> start(std::string name, std::function<void()> body) = 0;

  // Waits until ready() is true or the deadline has passed; says which (true: ready). ready() is asked again after each
  // notify() and each end of a task, and reads only atomics or what its own short lock protects.
  virtual bool wait(const std::function<bool()>& ready, Moment deadline) = 0;
  // Something that a ready() reads has changed.
  virtual void notify() = 0;

  // Waits for something that never becomes true.
  void sleep(nanoseconds span) {
    (void)wait([] { return false; }, now() + span);
  }
};

}  // namespace relance
