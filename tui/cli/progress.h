#pragma once
// Long work on one honest line: bytes, speed, time of the end. Rewritten in place on a terminal, a new one every few seconds
// elsewhere, a JSON object a second for programs; all on standard error.

#include "tui/cli/print.h"
#include "tui/model/meter.h"

namespace relance {

// When and how the line is shown.
class LiveLine {
 public:
  explicit LiveLine(const Printer& printer);
  ~LiveLine();
  LiveLine(const LiveLine&) = delete;
  LiveLine& operator=(const LiveLine&) = delete;

  bool is_due(Moment now);  // True: show it now.
  void show(const std::string& text) const;

 private:
  const Printer& printer_;
  const bool is_terminal_;
  std::optional<Moment> shown_;
};

// Jobs side by side.
class ProgressLine {
 public:
  ProgressLine(const Printer& printer, std::vector<Plan> plans,
               const std::vector<std::vector<std::uint64_t>>& step_bytes);
  void show(const message::Tick& tick);

 private:
  std::string text(const message::Tick& tick) const;
  std::string text(std::size_t index, const DriveSample& drive, std::int64_t local_clock_s) const;
  Value value(std::size_t index, const message::Tick& tick) const;

  const Printer& printer_;
  std::vector<Plan> plans_;
  std::vector<Meter> meters_;
  LiveLine line_;
};

// Work on an image: bytes of so many. Called by one thread at a time.
class BytesLine {
 public:
  BytesLine(const Printer& printer, Executor& executor) : printer_(printer), executor_(executor), line_(printer) {}
  void show(std::uint64_t done, std::uint64_t all);

 private:
  std::string text() const;

  const Printer& printer_;
  Executor& executor_;
  Meter meter_{{0}};
  LiveLine line_;
};

}  // namespace relance
