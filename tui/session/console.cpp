#include "tui/session/console.h"

#include <cstdlib>

#include "wiper/linux/executor.h"
#include "wiper/linux/live_system.h"
#include "wiper/linux/process.h"

namespace relance::console {

void prepare() {
  return_freed_buffers();
  catch_stop_signals();
}
unsigned stop_requests() { return relance::stop_requests(); }

bool has_input() { return is_terminal_input(); }
bool has_errors() { return is_terminal_errors(); }
std::optional<std::string> ask(const std::string& question, bool is_hidden) {
  return ask_terminal(question, is_hidden);
}

std::optional<Size> size() {
  const std::optional<TerminalSize> size = terminal_size();
  if (!size) return std::nullopt;
  return Size{size->columns, size->rows};
}

std::int64_t pc_clock_s() { return LinuxExecutor().pc_clock_s(); }
std::int64_t local_clock_s(std::int64_t pc_clock_s) { return pc_clock_s + utc_offset_s(pc_clock_s); }

namespace {

// Empty: nobody follows.
std::string follower() {
  const char* file = std::getenv("RELANCE_SCREENS");
  return file == nullptr ? "" : file;
}

}  // namespace

bool is_followed() { return !follower().empty(); }

void log_event(const std::string& run, const JournalLine& line) {
  ValueMembers members{{"run", run}, {"line", line.number}, {"drive", line.drive}, {"time_s", line.time_s}};
  members.emplace_back("event", event_to_value(line.event));
  append_line(follower(), to_json(members));
}

void pause(nanoseconds span) { relance::pause(span); }

void log_screen(std::string_view name, Moment now) {
  const std::string file = follower();
  if (file.empty()) return;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.since_zero).count();
  append_line(file, "relance: screen " + std::string(name) + " t=" + std::to_string(seconds) +
                        " mem_available_kib=" + std::to_string(available_memory_bytes() / 1024));
}

void ask_for_trial(const std::string& word) { live_system::ask_for_trial(word); }

void leave(ExitCode exit) { leave_now(static_cast<int>(exit)); }

}  // namespace relance::console
