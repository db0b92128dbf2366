#pragma once
// Gives the terminal back, whatever happens. Inside this folder only.

#include <termios.h>

#include <string>

namespace relance {

// From now on restore_terminal(), and a crash, send the farewell and set the line as it was.
void hold_terminal(const termios& settings, const std::string& farewell);

void write_to_terminal(const char* bytes, std::size_t count);

}  // namespace relance
