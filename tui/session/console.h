#pragma once
// The process that a session runs in, for tui/cli, which picks no seam itself: its signals, its terminal, its end.

#include <cstdint>
#include <optional>
#include <string>

#include "tui/model/message.h"
#include "wiper/journal/journal.h"

namespace relance::console {

// First of all: signals that ask to stop set a flag from now on, and freed memory is given back.
void prepare();
unsigned stop_requests();

bool has_input();   // A person can be asked.
bool has_errors();  // Standard error is a terminal.
std::optional<std::string> ask(const std::string& question, bool is_hidden);
std::optional<Size> size();

std::int64_t pc_clock_s();  // Seconds since 1970, where there is no machine to ask.
// For HH:MM on screens: the PC's clock plus its offset from UTC.
std::int64_t local_clock_s(std::int64_t pc_clock_s);

// "relance: screen NAME t=SECONDS mem_available_kib=N" at the end of the file that RELANCE_SCREENS names, if it is set.
void log_screen(std::string_view name, Moment now);

bool is_followed();  // RELANCE_SCREENS is set.
// A line of JSON there: what has just come to the stick.
void log_event(const std::string& run, const JournalLine& line);

// The program does nothing for so long, by the real clock.
void pause(nanoseconds span);

// In the live system: what shall be started next. Elsewhere nobody would.
void ask_for_trial(const std::string& word);

// Ends the program; with a thread that hangs in the kernel, without destructors.
[[noreturn]] void leave(ExitCode exit);

}  // namespace relance::console
