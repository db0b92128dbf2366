#pragma once
// Programs that do their own field's job (e2fsck, resize2fs), as a seam. They work on memory files: nobody's program but
// ours ever hears the name of a drive. What they wrote is read out of the memory file and becomes a content.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "wiper/base/executor.h"
#include "wiper/base/result.h"

namespace relance {

struct ByteExtent {  // Half-open: [offset, offset + size).
  std::uint64_t offset = 0;
  std::uint64_t size = 0;

  std::uint64_t end() const { return offset + size; }
  bool operator==(const ByteExtent&) const = default;
};

// Sparse memory that is as large as a drive and costs what was written. Any thread may call any member; who writes the
// same bytes at once gets either's.
class MemoryFile {
 public:
  virtual ~MemoryFile() = default;

  virtual std::uint64_t size_bytes() const = 0;
  // Exactly these bytes; what nobody wrote is zero. Invalid: outside the file. NoMemory: nowhere left to put them.
  virtual Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const = 0;
  virtual Result<void> write(std::uint64_t offset, std::span<const std::byte> bytes) = 0;

  // Where something was written, ascending and apart, in whole pages: it may hold zeros, all outside of it is zero.
  virtual Result<std::vector<ByteExtent>> data_extents() const = 0;

  // A path that opens it: in this process (for libparted, libext2fs), and in a tool whose request lists it.
  // Lives as long as the object.
  virtual std::string path() const = 0;
};

struct ToolRequest {
  std::string program;                   // "e2fsck": a plain name, looked up in the system's folders; no shell.
  std::vector<std::string> arguments;    // Memory files by their path().
  std::vector<const MemoryFile*> files;  // These the program gets open, and no other descriptor of ours.
  std::vector<std::string> environment;  // "NAME=value"; besides, it sees PATH and LC_ALL=C only.
  std::string input;                     // Its standard input; otherwise it reads an end of file.
  std::vector<int> good_exits = {0};     // e2fsck says 1 when it repaired.
  nanoseconds time_limit = std::chrono::minutes(10);
};

struct ToolResult {
  int exit_code = 0;   // One of good_exits.
  std::string output;  // The ends of both, at most kToolOutputLimit bytes; as the program wrote them, so not for eyes.
  std::string errors;
};

inline constexpr std::size_t kToolOutputLimit = 64 * 1024;  // A hostile file system makes e2fsck talk for ever.

// Any thread may call any member.
class Tools {
 public:
  virtual ~Tools() = default;

  virtual Result<std::unique_ptr<MemoryFile>> make_memory_file(std::uint64_t size_bytes) = 0;

  // Runs it to its end. Errors, all Stop::ToolFailed with the end of what it complained about: Unsupported (no such
  // program), Timeout (it and its children were killed), Io (another exit code, or a signal).
  virtual Result<ToolResult> run(const ToolRequest& request) = 0;
};

}  // namespace relance
