#pragma once
// A loop device over a file, for tests with root. Made by losetup, taken away with the object.

#include <unistd.h>

#include <string>

#include "tests/support/shell.h"

namespace relance {

// Why there are no loop devices here; empty if there are.
inline std::string no_loop_devices() {
  if (geteuid() != 0) return "needs root: loop devices";
  if (access("/dev/loop-control", R_OK | W_OK) != 0) return "this machine has no loop devices";
  if (!has_program("losetup")) return "the program losetup is not installed";
  return "";
}

class LoopDevice {
 public:
  // The file must exist in the folder. Extra: words for losetup, as "--read-only".
  LoopDevice(const TemporaryFolder& folder, const std::string& file, unsigned block_bytes = 512,
             const std::string& extra = "")
      : folder_(folder) {
    const auto made =
        folder.run("losetup --find --show --sector-size " + std::to_string(block_bytes) + " " + extra + " " + file);
    require(made.exit_code == 0, ("losetup: " + made.output).c_str());
    path_ = made.output.substr(0, made.output.find('\n'));
  }
  LoopDevice(const LoopDevice&) = delete;
  LoopDevice& operator=(const LoopDevice&) = delete;
  ~LoopDevice() {
    (void)folder_.run("losetup --detach " + path_);
  }  // A test's leftover is no failure of what it tests.

  const std::string& path() const { return path_; }

 private:
  const TemporaryFolder& folder_;
  std::string path_;
};

}  // namespace relance
