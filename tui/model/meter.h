#pragma once
// How fast it goes and when it ends, from samples of a job: for the screen, the progress line and --json alike. A sample
// is never evidence.

#include <optional>
#include <vector>

#include "wiper/base/executor.h"
#include "wiper/plan/speeds.h"

namespace relance {

// One drive's job at one moment.
struct JobSample {
  std::uint64_t step = 0;
  std::uint64_t bytes_done = 0;   // Of this step.
  std::uint64_t bytes_total = 0;  // 0 until the step knows.
  std::uint64_t bad_blocks = 0;

  bool operator==(const JobSample&) const = default;
};

class Meter {
 public:
  // The bytes that each step is expected to move; 0: it moves none. A disk is expected to become slower towards its inner
  // edge as `speeds` say; the work itself says how fast it is.
  explicit Meter(std::vector<std::uint64_t> step_bytes = {}, const Speeds& speeds = {})
      : step_bytes_(std::move(step_bytes)), speeds_(speeds) {}

  void add(Moment now, const JobSample& sample);

  const JobSample& last() const { return last_; }
  std::uint64_t bytes_per_second()
      const;                 // Over the last kWindow of this step; 0 until two samples are far enough apart.
  unsigned percent() const;  // Of all steps; 100 only when all bytes are done.
  unsigned step_percent() const;
  // Of all steps at this step's speed, slower further in; nothing while no byte moves.
  std::optional<std::uint64_t> seconds_left() const;

  bool operator==(const Meter&) const = default;

 private:
  struct Point {
    Moment when;
    std::uint64_t bytes = 0;
    bool operator==(const Point&) const = default;
  };
  std::uint64_t total_bytes() const;
  std::uint64_t done_bytes() const;

  double cost(std::size_t step, std::uint64_t from, std::uint64_t to) const;

  std::vector<std::uint64_t> step_bytes_;
  Speeds speeds_;
  std::vector<Point> points_;  // Of this step, oldest first, at most kWindow old.
  JobSample last_;
};

}  // namespace relance
