#pragma once
// A text that a person has read and agreed with, kept beside the tests and compared whole. `scripts/golden` rewrites all of
// them; the difference is read in review.

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace relance {

inline void check_golden(const std::string& name, const std::string& actual) {
  const std::filesystem::path path = "tests/golden/" + name;
  if (std::getenv("RELANCE_REWRITE_GOLDEN") != nullptr) {
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary) << actual;
  }
  std::ifstream file(path, std::ios::binary);
  const std::string agreed{std::istreambuf_iterator<char>(file), {}};
  INFO("scripts/golden rewrites tests/golden/" << name);
  CHECK(actual == agreed);
}

}  // namespace relance
