#pragma once
// This process, as the kernel sees it: signals that ask it to stop, its terminal's size, its zone, its memory.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace relance {

// From now on SIGINT, SIGTERM and SIGHUP only set a flag, so that a job leaves a consistent journal behind. SIGPIPE and
// SIGXFSZ are errors of the call that met them.
void catch_stop_signals();

// Buffers of megabytes go back to the system when they are freed. By itself glibc learns to keep those of every thread, and a
// deployment then takes half as much memory again.
void return_freed_buffers();
// How often a person or the system has asked: whoever asks twice does not want to wait.
unsigned stop_requests();

struct TerminalSize {
  int columns = 0;
  int rows = 0;
};
std::optional<TerminalSize> terminal_size();  // Of standard output; nothing if it is no terminal or does not know.
bool is_terminal_input();
bool is_terminal_output();
bool is_terminal_errors();

// How far the local zone's clock is ahead of UTC at that time. For HH:MM on screens only; nothing stored uses it.
std::int64_t utc_offset_s(std::int64_t utc_s);

std::uint64_t available_memory_bytes();  // MemAvailable; 0 if the kernel does not say.

// One line at the end of a file or a serial port. A port that takes nothing for half a second is left alone; failing is not
// worth a word. Any thread may call it: lines do not mix.
void append_line(const std::string& path, const std::string& line);

// For a clock that is not ours: the program does nothing for so long.
void pause(std::chrono::nanoseconds span);

// One line from the terminal without showing it, or with; nothing: no terminal, or its end.
std::optional<std::string> ask_terminal(const std::string& question, bool is_hidden);

// Ends the program without destructors: a thread that hangs in the kernel cannot be joined.
[[noreturn]] void leave_now(int exit_code);

}  // namespace relance
