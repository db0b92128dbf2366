#pragma once
// A regular file that is no drive: of an image, a report. Read from anywhere by several threads, or written from its
// beginning to its end.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wiper/base/result.h"
#include "wiper/linux/descriptor.h"

namespace relance {

// What a file in that folder may hold, by its file system: below 4 GiB on FAT.
std::optional<std::uint64_t> largest_file_bytes(const std::string& folder);

class PlainFile {
 public:
  // Invalid: no such file, or not a regular one.
  static Result<PlainFile> open(const std::string& path);
  // Refused with Stop::RecordTaken if there is one.
  static Result<PlainFile> create(const std::string& path);

  std::uint64_t size_bytes() const { return size_; }
  // Exactly these bytes. Corrupt: the file ends before; Io.
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) const;
  // Io; Stop::StickFull: no room.
  Result<void> append(std::span<const std::byte> bytes);
  // Done means: on the medium.
  Result<void> sync();

 private:
  PlainFile(Descriptor file, std::uint64_t size_bytes, std::string name)
      : file_(std::move(file)), size_(size_bytes), name_(std::move(name)) {}
  Descriptor file_;
  std::uint64_t size_;
  std::string name_;
};

}  // namespace relance
