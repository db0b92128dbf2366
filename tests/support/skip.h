#pragma once
// A test that cannot run here says why and is counted as skipped, never as passed:
//
//   TEST_CASE("…") {
//     if (geteuid() != 0) return skip("needs root: loop devices");
//
// A program whose every test case was skipped ends with 77, which ctest counts as skipped.

#include <string_view>

namespace relance {

void skip(std::string_view why);

}  // namespace relance
