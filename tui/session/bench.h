#pragma once
// What a session stands on: a PC, its stick and the programs of others. Here, and nowhere else, the real seams are picked.

#include <memory>
#include <string>

#include "wiper/base/tools.h"
#include "wiper/job/machine.h"

namespace relance {

struct Bench {
  std::shared_ptr<Machine> machine;
  std::shared_ptr<Tools> tools;
  std::shared_ptr<Store> stick;
  std::string stick_folder;  // Empty: no stick; what would be on it lives in memory and ends with the program.

  bool has_stick() const { return !stick_folder.empty(); }
};

// This PC. `folder` is laid out like a stick; empty: the stick that the live system has found. StickMissing: no such folder.
Result<Bench> linux_bench(const std::string& folder);

// A folder as a Store; StickMissing if there is none.
Result<std::shared_ptr<Store>> open_folder(const std::string& folder);
// A whole small file of this PC. Invalid: no such file; Corrupt: larger than kLargestReadFile.
Result<Bytes> read_file(const std::string& path);
inline constexpr std::uint64_t kLargestReadFile = std::uint64_t{1} << 20;

}  // namespace relance
