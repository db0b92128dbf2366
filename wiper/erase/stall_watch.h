#pragma once
// An erase that neither moves nor ends. The drive's own figure counts too: some stand still for long, and then are done.

#include <optional>

#include "wiper/base/executor.h"

namespace relance {

inline constexpr nanoseconds kEraseStands = std::chrono::minutes(10);
inline constexpr int kTimesItsWord = 3;

class StallWatch {
 public:
  explicit StallWatch(Moment start) : start_(start), moved_(start) {}

  // True: it has not moved for too long.
  bool look(Moment now, std::uint16_t progress, std::optional<std::chrono::seconds> expected) {
    if (progress != progress_) {
      progress_ = progress;
      moved_ = now;
    }
    const bool is_beyond_its_word = !expected || now - start_ > kTimesItsWord * nanoseconds(*expected);
    return now - moved_ > kEraseStands && is_beyond_its_word;
  }

 private:
  Moment start_;
  Moment moved_;
  std::uint16_t progress_ = 0;
};

}  // namespace relance
