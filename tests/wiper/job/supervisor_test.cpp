#include "wiper/job/supervisor.h"

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

struct Heard : Recorder {
  std::vector<Event> events;
  Result<void> announce(const Event& event) override {
    events.push_back(event);
    return {};
  }
  void report(const Event& event) override { events.push_back(event); }
  Result<void> settle() override { return {}; }
};

struct Bench {
  InlineExecutor executor;
  Supervisor supervisor{executor, 300s};
  std::shared_ptr<RunningJob> job = std::make_shared<RunningJob>();
  std::shared_ptr<Heard> heard = std::make_shared<Heard>();

  Bench() { supervisor.watch(job, heard); }
  bool look_after(nanoseconds span) {
    (void)executor.wait([] { return false; }, executor.now() + span);
    return supervisor.look();
  }
};

TEST_SUITE("supervisor") {
  TEST_CASE("a job of which no call returns for too long is stalled: told once, and cancelled should it wake up") {
    Bench bench;
    CHECK_FALSE(bench.look_after(300s));
    CHECK(bench.heard->events.empty());

    CHECK(bench.look_after(1s));
    CHECK(bench.look_after(1000s));

    REQUIRE(bench.heard->events.size() == 1);
    CHECK(std::get<RunEnded>(bench.heard->events[0]).end == RunEnd::Stalled);
    CHECK(std::get<RunEnded>(bench.heard->events[0]).stop == static_cast<std::uint64_t>(Stop::DriveStalled));
    CHECK(bench.job->gate->is_cancelled());
  }

  TEST_CASE("every call that returns begins the wait anew") {
    Bench bench;
    for (int i = 0; i < 10; ++i) {
      ++bench.job->progress->operations;
      CHECK_FALSE(bench.look_after(299s));
    }
    CHECK(bench.heard->events.empty());
  }

  TEST_CASE("held by a person or by heat is not stalled") {
    Bench bench;
    bench.job->gate->close(Hold::Person);
    CHECK_FALSE(bench.look_after(10000s));
    bench.job->gate->open(Hold::Person, bench.executor);
    CHECK_FALSE(bench.look_after(300s));
    CHECK(bench.look_after(1s));
  }

  TEST_CASE("what has ended stays ended") {
    Bench bench;
    bench.job->end_with({.end = RunEnd::Finished}, *bench.heard);
    CHECK(bench.look_after(10000s));
    CHECK(bench.job->ended()->end == RunEnd::Finished);
    CHECK(bench.heard->events.size() == 1);
  }
}

}  // namespace
}  // namespace relance
