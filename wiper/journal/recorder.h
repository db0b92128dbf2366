#pragma once
// Where a job says what it is about to do and what it did.

#include "wiper/journal/event.h"

namespace relance {

// Any thread may call. One recorder speaks for one drive of one run.
class Recorder {
 public:
  virtual ~Recorder() = default;
  // Before an act: returns when the line is on the stick, or after half a minute. On an error the act must not happen.
  virtual Result<void> announce(const Event& event) = 0;
  // After an act: never lost, but may wait in memory until the stick takes it again. Does not wait for the stick.
  virtual void report(const Event& event) = 0;
  // What waits in memory goes to the stick now, or says why it cannot.
  virtual Result<void> settle() = 0;
};

}  // namespace relance
