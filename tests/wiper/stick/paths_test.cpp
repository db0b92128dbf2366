#include "wiper/stick/paths.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

TEST_SUITE("paths on the stick") {
  TEST_CASE("a drive's words become a file name and nothing else") {
    CHECK(file_name_part("WD-WCC4N7") == "WD-WCC4N7");
    CHECK(file_name_part("../../etc/passwd") == "------etc-passwd");
    CHECK(file_name_part("") == "INCONNU");
    CHECK(file_name_part("...") == "INCONNU");
    CHECK(file_name_part(std::string(500, 'x')).size() == 64);
  }

  TEST_CASE("a path never leaves the stick") {
    CHECK(stays_inside("JOURNAL/a.txt"));
    for (const char* path : {"", "/etc", "a//b", "../a", "a/..", "a/./b", "a\\b", "a/"}) {
      CAPTURE(path);
      CHECK(!stays_inside(path));
    }
  }
}

}  // namespace
}  // namespace relance
