#pragma once
// A Screen on the terminal of this process: only what differs is sent. While it lives the terminal belongs to it; its
// end, and a crash of the program, give it back as it was: main screen, cursor, line settings.

#include <memory>
#include <vector>

#include "tui/model/key.h"
#include "tui/view/screen.h"

namespace relance {

// One at a time, in one thread.
class Presenter {
 public:
  // Unsupported: standard input or output is no terminal, or one that cannot show screens.
  static Result<std::unique_ptr<Presenter>> open();
  virtual ~Presenter() = default;

  virtual void show(const Screen& screen) = 0;
  // What was typed since; never waits. Call it about twenty times a second: a pause tells Escape from an arrow.
  virtual std::vector<Key> read_keys() = 0;
};

// For a program that leaves without destructors. Does nothing if no terminal is held; safe in a signal handler.
void restore_terminal();

}  // namespace relance
