#include "wiper/device/extent_set.h"

#include <doctest/doctest.h>

#include <random>
#include <set>

namespace relance {
namespace {

using Blocks = std::set<std::uint64_t>;

Blocks blocks_of(const ExtentSet& set) {
  Blocks blocks;
  for (const LbaRange range : set.ranges())
    for (std::uint64_t lba = range.first; lba < range.end(); ++lba) blocks.insert(lba);
  return blocks;
}

bool well_formed(const ExtentSet& set) {
  for (std::size_t i = 0; i < set.ranges().size(); ++i) {
    if (set.ranges()[i].empty()) return false;
    if (i > 0 && set.ranges()[i - 1].end() >= set.ranges()[i].first) return false;
  }
  return true;
}

TEST_SUITE("extent set") {
  TEST_CASE("touching and overlapping ranges become one") {
    ExtentSet set{{0, 4}, {8, 4}};

    set.add({4, 4});

    CHECK(set == ExtentSet{{0, 12}});
  }

  TEST_CASE("a hole can be cut out of the middle") {
    ExtentSet set{{0, 10}};

    set.subtract({3, 2});

    CHECK(set == ExtentSet{{0, 3}, {5, 5}});
    CHECK(set.complement({0, 10}) == ExtentSet{{3, 2}});
  }

  TEST_CASE("its algebra is that of sets, for any order of operations") {
    for (unsigned seed = 1; seed <= 200; ++seed) {
      CAPTURE(seed);
      std::mt19937 random(seed);
      ExtentSet set;
      Blocks model;
      for (int step = 0; step < 40; ++step) {
        const LbaRange range{random() % 60, random() % 12};
        const bool adds = random() % 3 != 0;
        adds ? set.add(range) : set.subtract(range);
        for (std::uint64_t lba = range.first; lba < range.end(); ++lba)
          adds ? (void)model.insert(lba) : (void)model.erase(lba);
      }
      CHECK(well_formed(set));
      CHECK(blocks_of(set) == model);
      CHECK(set.block_count() == model.size());
      for (std::uint64_t lba = 0; lba < 75; ++lba) CHECK(set.covers(LbaRange{lba, 1}) == model.contains(lba));
      CHECK(ExtentSet::from_value(set.to_value()).value() == set);
    }
  }

  TEST_CASE("ranges read from a journal are refused unless sorted, apart and not wrapping") {
    for (const char* text :
         {R"([{"first":0,"count":0}])", R"([{"first":0,"count":4},{"first":4,"count":1}])",
          R"([{"first":5,"count":1},{"first":0,"count":1}])", R"([{"first":18446744073709551615,"count":2}])"}) {
      CAPTURE(text);
      CHECK(!ExtentSet::from_value(parse_json(text).value()).ok());
    }
  }
}

}  // namespace
}  // namespace relance
