#pragma once
// What to send to this kind of terminal. The kinds that we meet (Linux console, serial line, xterm, tmux, screen) are compiled
// in, since the live system has no terminfo files. Only the terminfo half of ncurses is used: the cells are our own (Screen),
// and curses' own cells need a locale's file before they know what é is.

#include <string>

#include "wiper/base/result.h"

namespace relance {

class Terminfo {
 public:
  // Of $TERM; an unknown one is looked up on this system, and taken for a vt220 if it is not there either.
  // Unsupported: a terminal that cannot move its cursor.
  static Result<Terminfo> open(const std::string& term);

  std::string text(const char* capability) const;                          // "" if the terminal lacks it.
  std::string text(const char* capability, int one, int other = 0) const;  // With parameters.
  int number(const char* capability) const;                                // -1 if it lacks it.

 private:
  Terminfo() = default;
};

}  // namespace relance
