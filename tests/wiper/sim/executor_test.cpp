#include <doctest/doctest.h>

#include <array>

#include "wiper/sim/seam.h"
#include "wiper/sim/simulated_executor.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

// Four threads that sleep, notify and wait for each other; returns the trace's hash.
std::uint64_t trace_of(std::uint64_t seed) {
  const auto trace = std::make_shared<Trace>();
  SimulatedExecutor executor(seed, trace);
  std::atomic<int> sum{0};
  std::vector<std::unique_ptr<Task>> tasks;
  for (int i = 0; i < 4; ++i)
    tasks.push_back(executor.start("worker", [&executor, &sum, i] {
      for (int round = 0; round < 10; ++round) {
        if (i % 2 == 0) executor.sleep(1ms);
        ++sum;
        executor.notify();
      }
    }));
  for (const auto& task : tasks) task->join();
  CHECK(sum == 40);
  return trace->hash();
}

TEST_SUITE("simulated executor") {
  TEST_CASE("the same seed gives the same trace, another seed another one") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      CAPTURE(seed);
      CHECK(trace_of(seed) == trace_of(seed));
      CHECK(trace_of(seed) != trace_of(seed + 1));
    }
  }

  TEST_CASE("the clock moves only when nobody can run, and then to the next deadline") {
    SimulatedExecutor executor(1);
    const Moment begin = executor.now();
    Moment woke{};
    const auto sleeper = executor.start("sleeper", [&] {
      executor.sleep(1h);
      woke = executor.now();
    });

    sleeper->join();

    CHECK(woke - begin == 1h);
    CHECK(executor.now() == woke);
  }

  TEST_CASE("a change without a notify is not seen before the deadline") {
    SimulatedExecutor executor(1);
    bool changed = false;
    const Moment begin = executor.now();
    const auto changer = executor.start("changer", [&] {
      executor.sleep(1s);
      changed = true;
      executor.sleep(1h);
    });

    const bool ready = executor.wait([&] { return changed; }, begin + 10s);

    CHECK(ready);
    CHECK(executor.now() - begin == 10s);
    changer->join();
  }

  TEST_CASE("every order of two threads comes up for some seed") {
    std::array<int, 2> first{};
    for (std::uint64_t seed = 1; seed <= 64; ++seed) {
      SimulatedExecutor executor(seed);
      int winner = -1;
      const auto one = executor.start("one", [&] { winner = winner < 0 ? 0 : winner; });
      const auto other = executor.start("other", [&] { winner = winner < 0 ? 1 : winner; });
      one->join();
      other->join();
      ++first[static_cast<std::size_t>(winner)];
    }
    CHECK(first[0] > 5);
    CHECK(first[1] > 5);
  }

  TEST_CASE("a deadlock is found and says who waits") {
    SimulatedExecutor executor(1);
    std::string report;
    executor.on_deadlock([&](const std::string& who_waits) { report = who_waits; });
    const auto waiter = executor.start("waiter", [&] { CHECK(!executor.wait([] { return false; }, kNoDeadline)); });

    waiter->join();

    CHECK(report.find("#0 main") != std::string::npos);
    CHECK(report.find("#1 waiter") != std::string::npos);
  }

  TEST_CASE("an abandoned task runs to its end before the executor is gone") {
    bool ended = false;
    {
      SimulatedExecutor executor(3);
      (void)executor.start("abandoned", [&] {  // Nobody joins it: that is the point.
        executor.sleep(1h);
        ended = true;
      });
    }
    CHECK(ended);
  }
}

TEST_SUITE("seam of a boot") {
  TEST_CASE("the power goes off at the chosen operation, for everybody, and wakes who waits") {
    SimulatedExecutor executor(1);
    Seam seam(executor);
    seam.cut_power_at(3);
    bool woke_with_power = true;
    const auto sleeper = executor.start("sleeper", [&] { woke_with_power = seam.spend(1h); });

    CHECK(seam.enter("one") == Seam::Turn::Acts);
    CHECK(seam.enter("two") == Seam::Turn::Acts);
    CHECK(seam.enter("three") == Seam::Turn::LosesPower);
    CHECK(seam.enter("four") == Seam::Turn::Off);

    sleeper->join();
    CHECK(!woke_with_power);
    CHECK(executor.now() < Moment{1h});
  }

  TEST_CASE("one operation can be chosen to fail") {
    SimulatedExecutor executor(1);
    Seam seam(executor);
    seam.fail_at(2);

    CHECK(seam.enter("one") == Seam::Turn::Acts);
    CHECK(seam.enter("two") == Seam::Turn::Fails);
    CHECK(seam.enter("three") == Seam::Turn::Acts);
  }
}

}  // namespace
}  // namespace relance
