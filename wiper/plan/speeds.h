#pragma once
// How fast a drive is, as far as one can know before its first byte is written: by reading at three places, or from a table
// where reading says little about writing. For times that are shown, and for choosing what fits a budget; never evidence.

#include "wiper/discover/drive_facts.h"

namespace relance {

// Bytes a second; a disk's speed falls evenly from its outer edge to its inner one.
struct Speeds {
  std::uint64_t outer = 0;
  std::uint64_t middle = 0;
  std::uint64_t inner = 0;
  bool is_rough = true;  // Of the table: said as « environ »; the work itself knows better after a minute.

  bool is_known() const { return outer > 0 && middle > 0 && inner > 0; }
  static constexpr auto fields() {
    return std::tuple{field("outer", &Speeds::outer), field("middle", &Speeds::middle), field("inner", &Speeds::inner),
                      field("is_rough", &Speeds::is_rough)};
  }
  bool operator==(const Speeds&) const = default;
};

// What drives of that kind write, if nothing else is known. Of a file or a loop nobody can say.
Speeds speeds_of_kind(const DriveFacts& drive);
// What a probe has read; of flash what the table says where that is less, since flash reads faster than it writes.
Speeds expected_speeds(const DriveFacts& drive, const Speeds& probed);
// Of bytes spread evenly over the drive, rounded up; 0 without speeds.
std::uint64_t seconds_for(std::uint64_t bytes, const Speeds& speeds);
// Of the part [from, to) of `all` bytes that are spread evenly over the drive; without speeds one for each byte.
double expected_seconds(const Speeds& speeds, std::uint64_t from, std::uint64_t to, std::uint64_t all);

}  // namespace relance
