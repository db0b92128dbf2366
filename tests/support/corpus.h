#pragma once
// Files under tests/corpus, whole. Tests run in the source folder.

#include <fstream>
#include <iterator>
#include <string>

#include "wiper/base/bytes.h"

namespace relance {

inline Bytes corpus_file(const std::string& path) {
  std::ifstream file("tests/corpus/" + path, std::ios::binary);
  require(file.good(), "a file of the corpus is missing, or the test does not run in the source folder");
  const std::string held{std::istreambuf_iterator<char>(file), {}};
  const std::span<const std::byte> bytes = as_bytes(held);
  return {bytes.begin(), bytes.end()};
}

}  // namespace relance
