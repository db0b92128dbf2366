#pragma once
// Real threads, the kernel's clock that counts suspend too, and waiting on it.

#include "wiper/base/executor.h"

namespace relance {

class LinuxExecutor : public Executor {
 public:
  LinuxExecutor();
  ~LinuxExecutor() override;

  Moment now() const override;
  std::int64_t pc_clock_s() const override;
  // The name is cut to the kernel's 15 bytes. The body may outlive both the Task and this executor.
  std::unique_ptr<Task> start(std::string name, std::function<void()> body) override;
  bool wait(const std::function<bool()>& ready, Moment deadline) override;
  void notify() override;

  struct Bell;

 private:
  std::shared_ptr<Bell> bell_;  // Shared with the threads: an abandoned one rings it long after we are gone.
};

}  // namespace relance
