#pragma once
// What every Executor keeps. Called from a test case with the executor under test; uses SUBCASE.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>

#include "wiper/base/executor.h"

namespace relance {

inline void keeps_the_executor_contract(Executor& executor) {
  using namespace std::chrono_literals;

  SUBCASE("a started body runs, and join waits for its end") {
    auto ran = std::make_shared<std::atomic<bool>>(false);
    const auto task = executor.start("worker", [ran] { ran->store(true); });

    task->join();

    CHECK(ran->load());
    CHECK(task->finished());
  }

  SUBCASE("the end of a task wakes who waits for it") {
    const auto task = executor.start("worker", [&executor] { executor.sleep(20ms); });

    const bool ready = executor.wait([&] { return task->finished(); }, executor.now() + 30s);

    CHECK(ready);
    task->join();
  }

  SUBCASE("wait says ready as soon as notify tells of the change") {
    auto flag = std::make_shared<std::atomic<bool>>(false);
    const Moment before = executor.now();
    const auto task = executor.start("bell", [&executor, flag] {
      executor.sleep(10ms);
      flag->store(true);
      executor.notify();
    });

    const bool ready = executor.wait([flag] { return flag->load(); }, executor.now() + 60s);

    CHECK(ready);
    CHECK(executor.now() - before < 60s);
    task->join();
  }

  SUBCASE("wait gives up at its deadline, not before") {
    const Moment deadline = executor.now() + 15ms;

    const bool ready = executor.wait([] { return false; }, deadline);

    CHECK(!ready);
    CHECK(executor.now() >= deadline);
  }

  SUBCASE("what is ready already is ready, however old the deadline") {
    CHECK(executor.wait([] { return true; }, Moment{}));
    CHECK(!executor.wait([] { return false; }, Moment{}));
  }

  SUBCASE("a task that nobody wants any more runs on, and owns what it touches") {
    auto steps = std::make_shared<std::atomic<int>>(0);
    auto go = std::make_shared<std::atomic<bool>>(false);
    {
      const auto abandoned = executor.start("abandoned", [&executor, steps, go] {
        (void)executor.wait([go] { return go->load(); },
                            executor.now() + 60s);  // Goes on either way; the count is checked.
        steps->store(1);
        executor.notify();
      });
    }
    go->store(true);
    executor.notify();

    CHECK(executor.wait([steps] { return steps->load() == 1; }, executor.now() + 60s));
  }

  SUBCASE("time moves forward only") {
    Moment last = executor.now();
    for (int i = 0; i < 1000; ++i) {
      const Moment next = executor.now();
      CHECK_MESSAGE(next >= last, "at step ", i);
      last = next;
    }
  }
}

}  // namespace relance
