#include "tui/model/meter.h"

#include <algorithm>
#include <cmath>

namespace relance {
namespace {

constexpr nanoseconds kWindow =
    std::chrono::seconds(20);  // Long enough to smooth a drive's cache, short enough to follow its zones.
constexpr nanoseconds kSpacing = std::chrono::milliseconds(500);  // So at most 40 points.
constexpr nanoseconds kShortest = std::chrono::milliseconds(900);

// 100 only when all is done. No drive is so large that its bytes times 100 would wrap.
unsigned percent_of(std::uint64_t done, std::uint64_t total) {
  if (total == 0) return 0;
  return done >= total ? 100 : std::min(99U, static_cast<unsigned>(done * 100 / total));
}

}  // namespace

void Meter::add(Moment now, const JobSample& sample) {
  if (sample.step != last_.step || sample.bytes_done < last_.bytes_done) points_.clear();
  last_ = sample;
  if (sample.step < step_bytes_.size() && sample.bytes_total > 0)
    step_bytes_[static_cast<std::size_t>(sample.step)] = sample.bytes_total;
  if (!points_.empty() && now - points_.back().when < kSpacing) return;
  points_.push_back({now, sample.bytes_done});
  while (points_.size() > 2 && now - points_.front().when > kWindow) points_.erase(points_.begin());
}

std::uint64_t Meter::bytes_per_second() const {
  if (points_.size() < 2) return 0;
  const nanoseconds span = points_.back().when - points_.front().when;
  if (span < kShortest) return 0;
  const auto milliseconds =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::milliseconds>(span).count());
  return (points_.back().bytes - points_.front().bytes) * 1000 / milliseconds;
}

std::uint64_t Meter::total_bytes() const {
  std::uint64_t total = 0;
  for (const std::uint64_t bytes : step_bytes_) total += bytes;
  return total;
}

std::uint64_t Meter::done_bytes() const {
  std::uint64_t done = last_.bytes_done;
  for (std::size_t i = 0; i < step_bytes_.size() && i < last_.step; ++i) done += step_bytes_[i];
  return std::min(done, total_bytes());
}

unsigned Meter::percent() const { return percent_of(done_bytes(), total_bytes()); }
unsigned Meter::step_percent() const { return percent_of(last_.bytes_done, last_.bytes_total); }

// Of bytes of a step, in seconds as the plan expected them; without speeds one a byte.
double Meter::cost(std::size_t step, std::uint64_t from, std::uint64_t to) const {
  return expected_seconds(speeds_, from, to, step_bytes_[step]);
}

std::optional<std::uint64_t> Meter::seconds_left() const {
  if (bytes_per_second() == 0 || last_.step >= step_bytes_.size()) return std::nullopt;
  const std::size_t now = static_cast<std::size_t>(last_.step);
  const double expected = cost(now, points_.front().bytes, points_.back().bytes);
  if (expected <= 0) return std::nullopt;
  const nanoseconds span = points_.back().when - points_.front().when;
  double left = cost(now, std::min(last_.bytes_done, step_bytes_[now]), step_bytes_[now]);
  for (std::size_t step = now + 1; step < step_bytes_.size(); ++step) left += cost(step, 0, step_bytes_[step]);
  return static_cast<std::uint64_t>(std::ceil(left * std::chrono::duration<double>(span).count() / expected - 1e-6));
}

}  // namespace relance
