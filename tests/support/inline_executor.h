#pragma once
// The smallest executor for unit tests: a started task runs to its end inside start(), and the clock moves only by waiting.

#include "wiper/base/entropy.h"
#include "wiper/base/executor.h"

namespace relance {

class InlineExecutor : public Executor {
 public:
  Moment now() const override { return now_; }
  std::int64_t pc_clock_s() const override {
    return 1'700'000'000 + std::chrono::duration_cast<std::chrono::seconds>(now_.since_zero).count();
  }
  std::unique_ptr<Task> start(std::string, std::function<void()> body) override {
    body();
    return std::make_unique<FinishedTask>();
  }
  bool wait(const std::function<bool()>& ready, Moment deadline) override {
    if (ready()) return true;
    now_ = std::max(now_, deadline);
    return ready();
  }
  void notify() override {}

 private:
  struct FinishedTask : Task {
    bool finished() const override { return true; }
    void join() override {}
  };
  Moment now_{};
};

class CountingEntropy : public Entropy {  // 1, 2, 3…: repeatable, and never what a drive holds by chance.
 public:
  void fill(std::span<std::byte> bytes) override {
    for (std::byte& byte : bytes) byte = static_cast<std::byte>(++last_);
  }

 private:
  unsigned last_ = 0;
};

}  // namespace relance
