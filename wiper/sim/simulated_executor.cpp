#include "wiper/sim/simulated_executor.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <optional>

#include "wiper/base/result.h"

namespace relance {
namespace {

constexpr Moment kEndOfTime{std::chrono::hours(24 * 365)};  // A job that takes a year does not end.
constexpr std::uint64_t kMostTurns = 50'000'000;            // Nor does one that spins: minutes of real time.

}  // namespace

// A simulated thread: a real one that sleeps until it is handed the baton.
class SimulatedExecutor::Strand {
 public:
  Strand(const SimulatedExecutor& its_executor, std::uint64_t its_number, std::string its_name)
      : executor(its_executor), number(its_number), name(std::move(its_name)) {}

  void give_baton() {
    {
      const std::lock_guard lock(mutex_);
      has_baton_ = true;
    }
    handed_.notify_one();
  }
  void take_baton() {
    std::unique_lock lock(mutex_);
    handed_.wait(lock, [this] { return has_baton_; });
    has_baton_ = false;
  }

  const SimulatedExecutor& executor;
  const std::uint64_t number;
  const std::string name;
  std::thread thread;  // None for the one that made the executor.
  bool is_waiting = false;
  bool is_notified = false;
  Moment deadline{};
  std::atomic<bool> is_finished{false};

 private:
  std::mutex mutex_;
  std::condition_variable handed_;
  bool has_baton_ = false;  // Under the mutex.
};

namespace {
thread_local void* strand_of_this_thread = nullptr;
}  // namespace

class SimulatedExecutor::StrandTask : public Task {
 public:
  StrandTask(SimulatedExecutor& executor, std::shared_ptr<Strand> strand)
      : executor_(executor), strand_(std::move(strand)) {}

  bool finished() const override { return strand_->is_finished; }
  void join() override {
    (void)executor_.wait([this] { return finished(); }, kNoDeadline);  // There is no other way out.
  }

 private:
  SimulatedExecutor& executor_;
  std::shared_ptr<Strand> strand_;
};

SimulatedExecutor::SimulatedExecutor(std::uint64_t seed, std::shared_ptr<Trace> trace)
    : home_(std::this_thread::get_id()), trace_(std::move(trace)), random_(seed, "executor"), stays_one_in_(0) {
  constexpr std::array<std::uint64_t, 4> kTempers{0, 2, 4, 8};  // 0: never drawn, the baton always may go.
  stays_one_in_ = kTempers[static_cast<std::size_t>(random_.below(kTempers.size()))];
  live_.push_back(std::make_shared<Strand>(*this, next_number_++, "main"));
}

SimulatedExecutor::~SimulatedExecutor() { wind_down(); }

std::int64_t SimulatedExecutor::pc_clock_s() const {
  return pc_clock_at_zero_s_ + std::chrono::duration_cast<std::chrono::seconds>(now_.since_zero).count();
}

std::unique_ptr<Task> SimulatedExecutor::start(std::string name, std::function<void()> body) {
  reap();
  trace_->note("start " + name);
  const auto strand = std::make_shared<Strand>(*this, next_number_++, std::move(name));
  live_.push_back(strand);
  strand->thread = std::thread([this, strand, body = std::move(body)]() mutable { run(*strand, std::move(body)); });
  pass();
  return std::make_unique<StrandTask>(*this, strand);
}

void SimulatedExecutor::run(Strand& strand, std::function<void()> body) {
  strand.take_baton();
  strand_of_this_thread = &strand;
  body();
  body = nullptr;  // "Finished" includes that what it owned is gone.

  strand.is_finished = true;
  const auto itself = std::find_if(live_.begin(), live_.end(), [&](const auto& each) { return each.get() == &strand; });
  ended_.push_back(*itself);
  live_.erase(itself);
  wake_all();
  Strand& next = choose();
  next.give_baton();
}

bool SimulatedExecutor::wait(const std::function<bool()>& ready, Moment deadline) {
  pass();
  Strand& me = here();
  for (;;) {
    if (ready()) return true;
    if (has_given_up_ || now_ >= deadline) return false;
    me.is_waiting = true;
    me.is_notified = false;
    me.deadline = deadline;
    hand_over(me);
  }
}

void SimulatedExecutor::notify() {
  wake_all();
  pass();
}

void SimulatedExecutor::wind_down() {
  (void)wait([this] { return live_.size() == 1; }, kNoDeadline);  // There is no other way out.
  reap();
}

SimulatedExecutor::Strand& SimulatedExecutor::here() const {
  if (std::this_thread::get_id() == home_) return *live_.front();
  auto* const strand = static_cast<Strand*>(strand_of_this_thread);
  require(strand != nullptr && &strand->executor == this,
          "a thread that the simulated executor did not start calls it");
  return *strand;
}

void SimulatedExecutor::pass() {
  Strand& me = here();
  if (stays_one_in_ != 0 && !random_.one_in(stays_one_in_)) return;
  hand_over(me);
}

void SimulatedExecutor::hand_over(Strand& from) {
  Strand& next = choose();
  if (&next == &from) return;
  next.give_baton();
  from.take_baton();
}

SimulatedExecutor::Strand& SimulatedExecutor::choose() {
  for (;;) {
    std::vector<Strand*> able;
    Moment earliest = kNoDeadline;
    for (const auto& strand : live_) {
      if (can_run(*strand)) able.push_back(strand.get());
      earliest = std::min(earliest, strand->deadline);
    }
    if (!able.empty()) {
      if (++turns_ > kMostTurns) give_up();
      Strand& next = *able[static_cast<std::size_t>(random_.below(able.size()))];
      next.is_waiting = false;
      trace_->note(std::to_string(now_.since_zero.count()) + " #" + std::to_string(next.number));
      return next;
    }
    if (earliest > kEndOfTime)
      give_up();
    else
      now_ = earliest;
  }
}

bool SimulatedExecutor::can_run(const Strand& strand) const {
  return !strand.is_waiting || strand.is_notified || strand.deadline <= now_ || has_given_up_;
}

void SimulatedExecutor::give_up() {
  const std::string report = who_waits();
  if (!deadlock_listener_ || has_given_up_) {
    std::fprintf(stderr, "%s", report.c_str());
    require(false, "the simulation does not end: everybody waits");
  }
  has_given_up_ = true;
  deadlock_listener_(report);
}

void SimulatedExecutor::wake_all() {
  for (const auto& strand : live_) strand->is_notified = true;
}

void SimulatedExecutor::reap() {
  for (const auto& strand : ended_) strand->thread.join();  // It has given the baton away and is leaving.
  ended_.clear();
}

std::string SimulatedExecutor::who_waits() const {
  std::string report = "at " + std::to_string(now_.since_zero.count()) + " ns of simulated time, after " +
                       std::to_string(turns_) + " turns:\n";
  for (const auto& strand : live_) {
    report += "  #" + std::to_string(strand->number) + " " + strand->name + ": ";
    report += strand->is_waiting ? "waits until " + std::to_string(strand->deadline.since_zero.count()) : "can run";
    report += '\n';
  }
  return report;
}

}  // namespace relance
