#include "wiper/linux/process.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <mutex>

#include "wiper/linux/descriptor.h"

namespace relance {
namespace {

std::atomic<unsigned> stops{0};  // Written by the signal handler only.
static_assert(std::atomic<unsigned>::is_always_lock_free);

void on_stop(int) { stops.fetch_add(1); }

bool write_whole(int number, const std::string& bytes) {
  return ::write(number, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
}

// Echo off while it lives. Ctrl-C during the question leaves no silent terminal behind: the signal only sets our flag.
class Silence {
 public:
  explicit Silence(int terminal) : terminal_(terminal) {
    if (::tcgetattr(terminal_, &before_) != 0) return;
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    silent.c_lflag |= ECHONL;
    is_silent_ = ::tcsetattr(terminal_, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (is_silent_) (void)::tcsetattr(terminal_, TCSAFLUSH, &before_);  // Nothing else can be tried.
  }
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;

 private:
  int terminal_;
  termios before_{};
  bool is_silent_ = false;
};

constexpr std::size_t kLongestAnswer = 1024;

// Bytes up to the newline. Nothing: end of input, or a signal that asks to stop.
std::optional<std::string> read_answer(int terminal) {
  std::string answer;
  while (answer.size() < kLongestAnswer) {
    char letter = 0;
    const ssize_t count = ::read(terminal, &letter, 1);
    if (count != 1) return std::nullopt;
    if (letter == '\n') return answer;
    answer += letter;
  }
  return std::nullopt;
}

}  // namespace

void return_freed_buffers() {
  constexpr int kSmallestReturned = 1 << 20;
  (void)mallopt(M_MMAP_THRESHOLD, kSmallestReturned);  // Refused, it costs memory and nothing else.
}

void catch_stop_signals() {
  struct sigaction action{};
  action.sa_handler = on_stop;  // No SA_RESTART: a question on the terminal ends.
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) (void)::sigaction(number, &action, nullptr);
  struct sigaction ignore{};
  ignore.sa_handler = SIG_IGN;
  for (const int number : {SIGPIPE, SIGXFSZ}) (void)::sigaction(number, &ignore, nullptr);
}

unsigned stop_requests() { return stops.load(); }

std::optional<TerminalSize> terminal_size() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return std::nullopt;
  return TerminalSize{size.ws_col, size.ws_row};
}

bool is_terminal_input() { return ::isatty(STDIN_FILENO) == 1; }
bool is_terminal_output() { return ::isatty(STDOUT_FILENO) == 1; }
bool is_terminal_errors() { return ::isatty(STDERR_FILENO) == 1; }

std::int64_t utc_offset_s(std::int64_t utc_s) {
  const auto when = static_cast<time_t>(utc_s);  // 32 bits on i386: wrong from 2038 on, by hours on a screen.
  tm local{};
  return ::localtime_r(&when, &local) == nullptr ? 0 : local.tm_gmtoff;
}

std::uint64_t available_memory_bytes() {
  std::ifstream file("/proc/meminfo");
  std::string name;
  std::uint64_t kib = 0;
  for (std::string unit; file >> name >> kib; std::getline(file, unit))
    if (name == "MemAvailable:") return kib * 1024;
  return 0;
}

void append_line(const std::string& path, const std::string& line) {
  static std::mutex one_at_a_time;
  const std::lock_guard lock(one_at_a_time);
  const Descriptor file(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644));
  if (!file.is_open()) return;
  constexpr int kPatienceMs = 500;
  const std::string whole = line + "\n";
  for (std::string_view rest = whole; !rest.empty();) {
    pollfd ready{file.number(), POLLOUT, 0};
    if (::poll(&ready, 1, kPatienceMs) <= 0) return;
    const ssize_t count = ::write(file.number(), rest.data(), rest.size());
    if (count <= 0) return;
    rest.remove_prefix(static_cast<std::size_t>(count));
  }
}

void pause(std::chrono::nanoseconds span) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(span);
  const timespec wanted{static_cast<time_t>(seconds.count()), static_cast<long>((span - seconds).count())};
  (void)::nanosleep(&wanted, nullptr);  // A signal ends it early, and whoever asked looks again.
}

std::optional<std::string> ask_terminal(const std::string& question, bool is_hidden) {
  const Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
  if (!terminal.is_open()) return std::nullopt;
  if (!write_whole(terminal.number(), question)) return std::nullopt;
  if (!is_hidden) return read_answer(terminal.number());
  const Silence silence(terminal.number());
  return read_answer(terminal.number());
}

void leave_now(int exit_code) {
  (void)std::fflush(nullptr);  // The last words of the program; there is nobody to tell if they are lost.
  ::_exit(exit_code);
}

}  // namespace relance
