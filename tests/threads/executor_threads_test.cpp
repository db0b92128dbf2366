// The real executor under load. Outcomes, never orders; the thread sanitizer looks on.

#include <doctest/doctest.h>

#include <atomic>
#include <mutex>
#include <vector>

#include "wiper/linux/executor.h"

namespace relance {
namespace {

using namespace std::chrono_literals;

// Numbers handed from one thread to the other, each through a wait.
struct Ball {
  std::mutex mutex;
  int turn = 0;  // Under the mutex; written by whose turn it is.

  int whose() {
    const std::lock_guard lock(mutex);
    return turn;
  }
  void pass() {
    const std::lock_guard lock(mutex);
    ++turn;
  }
};

TEST_SUITE("real threads") {
  TEST_CASE("eight threads pass a ball two thousand times and no wake-up is lost") {
    constexpr int kPlayers = 8;
    constexpr int kPasses = 2000;
    LinuxExecutor executor;
    auto ball = std::make_shared<Ball>();
    auto timeouts = std::make_shared<std::atomic<int>>(0);
    std::vector<std::unique_ptr<Task>> players;

    for (int player = 0; player < kPlayers; ++player)
      players.push_back(executor.start("player", [&executor, ball, timeouts, player] {
        for (int pass = player; pass < kPasses; pass += kPlayers) {
          if (!executor.wait([&] { return ball->whose() == pass; }, executor.now() + 50s)) ++*timeouts;
          ball->pass();
          executor.notify();
        }
      }));
    for (const auto& player : players) player->join();

    CHECK(ball->whose() == kPasses);
    CHECK(timeouts->load() == 0);
  }

  TEST_CASE("a paused crowd sleeps until the gate opens, and all pass") {
    LinuxExecutor executor;
    auto open = std::make_shared<std::atomic<bool>>(false);
    auto passed = std::make_shared<std::atomic<int>>(0);
    std::vector<std::unique_ptr<Task>> crowd;
    for (int i = 0; i < 16; ++i)
      crowd.push_back(executor.start("crowd", [&executor, open, passed] {
        if (executor.wait([open] { return open->load(); }, executor.now() + 50s)) ++*passed;
      }));
    executor.sleep(20ms);
    const int before = passed->load();

    open->store(true);
    executor.notify();

    for (const auto& one : crowd) one->join();
    CHECK(before == 0);
    CHECK(passed->load() == 16);
  }

  TEST_CASE("an abandoned thread outlives the executor that started it") {
    auto still_here = std::make_shared<std::atomic<bool>>(false);
    auto release = std::make_shared<std::atomic<bool>>(false);
    LinuxExecutor watching;
    {
      LinuxExecutor executor;
      const auto abandoned = executor.start("stuck in the kernel", [still_here, release] {
        release->wait(false);
        still_here->store(true);
      });
      CHECK(!abandoned->finished());
    }
    release->store(true);
    release->notify_all();

    bool came = false;
    for (int i = 0; i < 5000 && !came; ++i) {  // It does not know the watching executor, so nobody notifies.
      came = still_here->load();
      watching.sleep(1ms);
    }
    CHECK(came);
  }
}

}  // namespace
}  // namespace relance
