#pragma once
// A set of logical blocks as sorted, disjoint, never touching ranges. Its algebra is that of sets; a claim about a drive
// ("read and equal") is one of these and only grows.

#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "wiper/device/lba_range.h"

namespace relance {

class ExtentSet {
 public:
  ExtentSet() = default;
  ExtentSet(std::initializer_list<LbaRange> ranges) {
    for (const LbaRange range : ranges) add(range);
  }

  void add(LbaRange range);
  void add(const ExtentSet& other);
  void subtract(LbaRange range);
  void subtract(const ExtentSet& other);

  bool covers(LbaRange range) const;
  bool covers(const ExtentSet& other) const;
  ExtentSet cropped(LbaRange window) const;     // What of it lies in the window.
  ExtentSet complement(LbaRange window) const;  // What of the window is not in it.

  bool empty() const { return ranges_.empty(); }
  std::uint64_t block_count() const;
  std::span<const LbaRange> ranges() const { return ranges_; }

  Value to_value() const { return relance::to_value(ranges_); }
  // Corrupt: ranges that wrap, are empty, overlap, touch or are not sorted: we never wrote that.
  static Result<ExtentSet> from_value(const Value& value);

  bool operator==(const ExtentSet&) const = default;

 private:
  std::vector<LbaRange> ranges_;
};

ExtentSet united(ExtentSet one, const ExtentSet& other);
ExtentSet without(ExtentSet one, const ExtentSet& other);
std::string to_text(const ExtentSet& set);  // "0+8 100+1": first+count, for logs.

}  // namespace relance
