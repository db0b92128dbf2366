#include "wiper/device/extent_set.h"

#include <algorithm>
#include <limits>

namespace relance {
namespace {

bool wraps(LbaRange range) { return range.count > std::numeric_limits<std::uint64_t>::max() - range.first; }

}  // namespace

void ExtentSet::add(LbaRange range) {
  if (range.empty()) return;
  require(!wraps(range), "ExtentSet::add: a range that wraps");
  // The first range that touches or follows; most calls append at the end.
  auto from = std::lower_bound(ranges_.begin(), ranges_.end(), range.first,
                               [](LbaRange known, std::uint64_t first) { return known.end() < first; });
  auto to = from;
  std::uint64_t first = range.first;
  std::uint64_t end = range.end();
  while (to != ranges_.end() && to->first <= end) {
    first = std::min(first, to->first);
    end = std::max(end, to->end());
    ++to;
  }
  if (from == to) {
    ranges_.insert(from, range);
    return;
  }
  *from = range_between(first, end);
  ranges_.erase(from + 1, to);
}

void ExtentSet::add(const ExtentSet& other) {
  for (const LbaRange range : other.ranges_) add(range);
}

void ExtentSet::subtract(LbaRange range) {
  if (range.empty()) return;
  require(!wraps(range), "ExtentSet::subtract: a range that wraps");
  auto from = std::lower_bound(ranges_.begin(), ranges_.end(), range.first,
                               [](LbaRange known, std::uint64_t first) { return known.end() <= first; });
  std::vector<LbaRange> rest;
  auto to = from;
  for (; to != ranges_.end() && to->first < range.end(); ++to) {
    if (to->first < range.first) rest.push_back(range_between(to->first, range.first));
    if (range.end() < to->end()) rest.push_back(range_between(range.end(), to->end()));
  }
  from = ranges_.erase(from, to);
  ranges_.insert(from, rest.begin(), rest.end());
}

void ExtentSet::subtract(const ExtentSet& other) {
  for (const LbaRange range : other.ranges_) subtract(range);
}

bool ExtentSet::covers(LbaRange range) const {
  if (range.empty()) return true;
  const auto found = std::lower_bound(ranges_.begin(), ranges_.end(), range.first,
                                      [](LbaRange known, std::uint64_t first) { return known.end() <= first; });
  return found != ranges_.end() && found->covers(range);
}

bool ExtentSet::covers(const ExtentSet& other) const {
  return std::all_of(other.ranges_.begin(), other.ranges_.end(), [this](LbaRange range) { return covers(range); });
}

ExtentSet ExtentSet::cropped(LbaRange window) const {
  ExtentSet inside;
  for (const LbaRange range : ranges_) inside.add(intersection(range, window));
  return inside;
}

ExtentSet ExtentSet::complement(LbaRange window) const {
  ExtentSet outside{window};
  outside.subtract(*this);
  return outside;
}

std::uint64_t ExtentSet::block_count() const {
  std::uint64_t count = 0;
  for (const LbaRange range : ranges_) count += range.count;
  return count;
}

Result<ExtentSet> ExtentSet::from_value(const Value& value) {
  const auto ranges = TRY(relance::from_value<std::vector<LbaRange>>(value));
  ExtentSet set;
  for (const LbaRange range : ranges) {
    const bool follows = set.ranges_.empty() || set.ranges_.back().end() < range.first;
    if (range.empty() || wraps(range) || !follows)
      return Error{Errc::Corrupt, Stop::JournalDamaged, "ranges of blocks that are not sorted and apart"};
    set.ranges_.push_back(range);
  }
  return set;
}

ExtentSet united(ExtentSet one, const ExtentSet& other) {
  one.add(other);
  return one;
}

ExtentSet without(ExtentSet one, const ExtentSet& other) {
  one.subtract(other);
  return one;
}

std::string to_text(const ExtentSet& set) {
  std::string text;
  for (const LbaRange range : set.ranges()) {
    if (!text.empty()) text += ' ';
    text += std::to_string(range.first) + "+" + std::to_string(range.count);
  }
  return text;
}

}  // namespace relance
