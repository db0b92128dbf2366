#pragma once
// Threads, time and waiting of one simulated boot, by one baton: real threads, of which one runs at a time. Every call
// may pass the baton on, the next holder is drawn from the seed, and the clock moves only when nobody can run. So a seed
// replays drives, workers, supervisor and time, and production code keeps its natural loops.
//
// As weak as the contract: nobody asks ready() again without a notify() or a passed deadline.

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "wiper/base/executor.h"
#include "wiper/sim/seeded_random.h"
#include "wiper/sim/trace.h"

namespace relance {

inline constexpr Moment kNoDeadline{nanoseconds::max()};  // A deadline that no simulation reaches.

// The thread that makes it holds the baton first, and destroys it. What it touches needs no lock: who holds the baton
// owns everything.
class SimulatedExecutor : public Executor {
 public:
  explicit SimulatedExecutor(std::uint64_t seed, std::shared_ptr<Trace> trace = std::make_shared<Trace>());
  ~SimulatedExecutor() override;  // Winds down.

  Moment now() const override { return now_; }
  std::int64_t pc_clock_s() const override;
  std::unique_ptr<Task> start(std::string name, std::function<void()> body) override;
  bool wait(const std::function<bool()>& ready, Moment deadline) override;
  void notify() override;

  // Lets all other threads run to their end. Whoever hangs in a drive must have been released: cut the power first.
  void wind_down();
  void set_pc_clock_s(std::int64_t at_zero) { pc_clock_at_zero_s_ = at_zero; }

  // Everybody waits for something that nobody will bring (or time has run out): says who waits, and ends the program. A
  // test may listen instead; then all waits give up.
  void on_deadlock(std::function<void(const std::string& who_waits)> listener) {
    deadlock_listener_ = std::move(listener);
  }

 private:
  class Strand;
  class StrandTask;

  Strand& here() const;
  void pass();
  void hand_over(Strand& from);
  Strand& choose();
  bool can_run(const Strand& strand) const;
  void give_up();
  void run(Strand& strand, std::function<void()> body);
  void wake_all();
  void reap();
  std::string who_waits() const;

  const std::thread::id home_;
  const std::shared_ptr<Trace> trace_;
  SeededRandom random_;
  std::uint64_t stays_one_in_;  // How often a call keeps the baton where it is: each seed has its own temper.
  Moment now_{};
  std::int64_t pc_clock_at_zero_s_ = 1'800'000'000;
  std::uint64_t turns_ = 0;
  std::uint64_t next_number_ = 0;
  bool has_given_up_ = false;
  std::function<void(const std::string&)> deadlock_listener_;
  std::vector<std::shared_ptr<Strand>> live_;   // By number, ascending.
  std::vector<std::shared_ptr<Strand>> ended_;  // Their threads are leaving.
};

}  // namespace relance
