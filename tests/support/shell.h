#pragma once
// For contract tests: programs of others, run by a shell in a folder of their own.

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "wiper/base/bytes.h"

namespace relance {

// The exit code; 128 if a signal ended it. (Not system(): where libparted is linked, that does nothing.)
inline int run_shell(std::string line) {
  std::string shell = "sh";
  std::string option = "-c";
  const std::array<char*, 4> arguments{shell.data(), option.data(), line.data(), nullptr};
  pid_t child = 0;
  int status = 0;
  require(posix_spawn(&child, "/bin/sh", nullptr, nullptr, arguments.data(), environ) == 0, "no shell");
  require(waitpid(child, &status, 0) == child, "the shell is not ours");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}

// A folder that goes away with the object.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "relance-test-XXXXXX").string();
    require(mkdtemp(pattern.data()) != nullptr, "no temporary folder");
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const { return path_; }

  void write(const std::string& name, std::span<const std::byte> bytes) const {
    std::ofstream file(path_ / name, std::ios::binary);
    file << as_text(bytes);
    file.close();
    require(file.good(), "cannot write a file for a test");
  }
  Bytes read(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    const std::string held{std::istreambuf_iterator<char>(file), {}};
    const std::span<const std::byte> bytes = as_bytes(held);
    return {bytes.begin(), bytes.end()};
  }

  struct Outcome {
    int exit_code = 0;
    std::string output;  // Both streams.
  };
  // The command sees the folder as its own and may name its files plainly.
  Outcome run(const std::string& command) const {
    const std::string line = "cd '" + path_.string() + "' && { " + command + " ; } >.output 2>&1 </dev/null";
    const int exit_code = run_shell(line);
    const Bytes output = read(".output");
    return {exit_code, std::string(as_text(output))};
  }

 private:
  std::filesystem::path path_;
};

inline bool has_program(const std::string& name) { return run_shell("command -v " + name + " >/dev/null 2>&1") == 0; }

}  // namespace relance
