#include "tui/present/crash_guard.h"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "tui/present/presenter.h"

namespace relance {
namespace {

struct Held {
  std::atomic<bool> is_held{false};  // Set by the presenter, cleared by whoever restores first.
  termios settings{};
  std::array<char, 512> farewell{};
  std::size_t farewell_bytes = 0;
};
Held held;

constexpr int kCrashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT};

void on_crash(int crash) {
  restore_terminal();
  (void)::raise(crash);  // SA_RESETHAND: this time the default, with its core and its exit status.
}

void guard_crashes() {
  static std::array<char, 64 * 1024> stack;  // An overflowed stack cannot run a handler.
  stack_t other{};
  other.ss_sp = stack.data();
  other.ss_size = stack.size();
  (void)::sigaltstack(&other, nullptr);  // Without it only a stack overflow leaves the terminal as it is.
  struct sigaction action{};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
  for (const int crash : kCrashes) (void)::sigaction(crash, &action, nullptr);  // Cannot fail for these.
}

}  // namespace

void write_to_terminal(const char* bytes, std::size_t count) {
  while (count > 0) {
    const ssize_t written = ::write(STDOUT_FILENO, bytes, count);
    if (written <= 0) return;  // A terminal that is gone needs nothing.
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
}

void hold_terminal(const termios& settings, const std::string& farewell) {
  held.settings = settings;
  held.farewell_bytes = std::min(farewell.size(), held.farewell.size());
  std::copy_n(farewell.begin(), held.farewell_bytes, held.farewell.begin());
  guard_crashes();
  held.is_held = true;
}

void restore_terminal() {
  if (!held.is_held.exchange(false)) return;
  write_to_terminal(held.farewell.data(), held.farewell_bytes);
  (void)::tcsetattr(STDIN_FILENO, TCSANOW, &held.settings);  // Nobody is left to be told.
}

}  // namespace relance
