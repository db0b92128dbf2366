#pragma once
// The folder that holds an image, as seams: small enough for memory (tests, practice), a directory (tui/session) and,
// later, a stream from the network. Names are plain file names, never paths.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wiper/base/result.h"

namespace relance {

// Any thread may call any member.
class FileSource {
 public:
  virtual ~FileSource() = default;
  virtual std::uint64_t size_bytes() const = 0;
  // Exactly these bytes. Io or Gone: the medium; Corrupt with Stop::ImageDamaged: the file ends before.
  virtual Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) = 0;
};

// Any thread may call any member.
class FolderSource {
 public:
  virtual ~FolderSource() = default;
  virtual Result<std::vector<std::string>> list() = 0;  // Regular files, sorted. Stop::ImageMissing: no such folder.
  // Stop::ImageMissing: no such file.
  virtual Result<std::unique_ptr<FileSource>> open(const std::string& name) = 0;
};

// One thread at a time.
class FileSink {
 public:
  virtual ~FileSink() = default;
  virtual Result<void> append(std::span<const std::byte> bytes) = 0;
  // Done means: closed and on the medium. Without it the file is unfinished.
  virtual Result<void> finish() = 0;
};

class FolderSink {
 public:
  virtual ~FolderSink() = default;
  // A new file. Refused with Stop::RecordTaken if there is one of that name.
  virtual Result<std::unique_ptr<FileSink>> create(const std::string& name) = 0;
  // What a file on the medium may hold, if it has a limit: a partition's file that grows over it is split.
  virtual std::optional<std::uint64_t> largest_file_bytes() const { return std::nullopt; }
};

// Whole; Corrupt with Stop::ImageHostile if it is larger than `limit`.
Result<std::vector<std::byte>> read_whole(FileSource& file, std::uint64_t limit);

}  // namespace relance
