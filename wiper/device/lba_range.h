#pragma once
// Where on a drive: logical blocks, half-open.

#include <compare>
#include <cstdint>
#include <tuple>

#include "wiper/base/fields.h"

namespace relance {

struct LbaRange {  // [first, first + count). Never wraps.
  std::uint64_t first = 0;
  std::uint64_t count = 0;

  constexpr std::uint64_t end() const { return first + count; }
  constexpr bool empty() const { return count == 0; }
  constexpr bool covers(LbaRange other) const { return first <= other.first && other.end() <= end(); }
  constexpr bool overlaps(LbaRange other) const { return first < other.end() && other.first < end(); }

  static constexpr auto fields() {
    return std::tuple{field("first", &LbaRange::first), field("count", &LbaRange::count)};
  }
  friend constexpr auto operator<=>(const LbaRange&, const LbaRange&) = default;
};

constexpr LbaRange range_between(std::uint64_t first, std::uint64_t end) { return {first, end - first}; }
constexpr LbaRange intersection(LbaRange one, LbaRange other) {
  const std::uint64_t first = one.first > other.first ? one.first : other.first;
  const std::uint64_t end = one.end() < other.end() ? one.end() : other.end();
  return first < end ? range_between(first, end) : LbaRange{first, 0};
}

}  // namespace relance
