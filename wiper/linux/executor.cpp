#include "wiper/linux/executor.h"

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <system_error>
#include <thread>

#include "wiper/base/result.h"

namespace relance {

// Counts the calls of notify(), so that one that comes between asking ready() and going to sleep is not missed, and
// ready() is asked with no lock held.
struct LinuxExecutor::Bell {
  std::mutex mutex;
  std::condition_variable rung;
  std::uint64_t rings = 0;

  void ring() {
    {
      const std::lock_guard lock(mutex);
      ++rings;
    }
    rung.notify_all();
  }
  std::uint64_t heard() {
    const std::lock_guard lock(mutex);
    return rings;
  }
};

namespace {

// Condition variables know no CLOCK_BOOTTIME; theirs stands still while the PC sleeps. So nobody naps longer than this
// without looking at the right clock.
constexpr nanoseconds kLongestNap = std::chrono::seconds(1);
constexpr std::size_t kThreadNameLength = 15;  // The kernel's limit, pthread_setname_np(3).

nanoseconds read_clock(clockid_t clock) {
#if defined(SYS_clock_gettime64)  // 32 bits: libc's time_t ends in 2038, and dead CMOS batteries show any year.
  std::int64_t seconds_nanoseconds[2] = {0, 0};
  if (::syscall(SYS_clock_gettime64, clock, seconds_nanoseconds) == 0)
    return std::chrono::seconds(seconds_nanoseconds[0]) + nanoseconds(seconds_nanoseconds[1]);
#endif
  timespec time{};
  if (::clock_gettime(clock, &time) != 0) return nanoseconds(0);
  return std::chrono::seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
}

class LinuxTask : public Task {
 public:
  LinuxTask(std::thread thread, std::shared_ptr<const std::atomic<bool>> finished)
      : thread_(std::move(thread)), finished_(std::move(finished)) {}

  ~LinuxTask() override {
    if (!thread_.joinable()) return;
    if (finished())
      thread_.join();
    else
      thread_.detach();
  }

  bool finished() const override { return finished_->load(); }
  void join() override {
    if (thread_.joinable()) thread_.join();
  }

 private:
  std::thread thread_;
  std::shared_ptr<const std::atomic<bool>> finished_;  // Written by the thread, once.
};

}  // namespace

LinuxExecutor::LinuxExecutor() : bell_(std::make_shared<Bell>()) {}
LinuxExecutor::~LinuxExecutor() = default;

Moment LinuxExecutor::now() const { return {read_clock(CLOCK_BOOTTIME)}; }

std::int64_t LinuxExecutor::pc_clock_s() const {
  return std::chrono::duration_cast<std::chrono::seconds>(read_clock(CLOCK_REALTIME)).count();
}

std::unique_ptr<Task> LinuxExecutor::start(std::string name, std::function<void()> body) {
  auto finished = std::make_shared<std::atomic<bool>>(false);
  name.resize(std::min(name.size(), kThreadNameLength));
  auto run = [name = std::move(name), body = std::move(body), finished, bell = bell_]() mutable {
    (void)::pthread_setname_np(::pthread_self(), name.c_str());  // Only for eyes (top, gdb).
    body();
    body = nullptr;  // "Finished" includes that what it owned is gone.
    finished->store(true);
    bell->ring();
  };
  try {
    return std::make_unique<LinuxTask>(std::thread(std::move(run)), std::move(finished));
  } catch (const std::system_error&) {
    require(false, "the kernel refuses another thread");
    return nullptr;
  }
}

bool LinuxExecutor::wait(const std::function<bool()>& ready, Moment deadline) {
  for (;;) {
    const std::uint64_t heard = bell_->heard();
    if (ready()) return true;
    const nanoseconds left = deadline - now();
    if (left <= nanoseconds(0)) return false;
    std::unique_lock lock(bell_->mutex);
    (void)bell_->rung.wait_for(lock, std::min(left, kLongestNap),
                               [&] { return bell_->rings != heard; });  // Asked again above.
  }
}

void LinuxExecutor::notify() { bell_->ring(); }

}  // namespace relance
