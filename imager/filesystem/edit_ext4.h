#pragma once
// Files of an ext4 taken out or changed before it is captured: on a store that keeps the changes, never on the master itself.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "imager/filesystem/byte_reader.h"
#include "wiper/device/extent_set.h"

namespace relance {

struct FolderEntry {
  enum class Kind : std::uint8_t { File, Folder, Other };
  std::string name;
  Kind kind = Kind::Other;
};

// One thread at a time; `bytes` outlives it. Paths go from the file system's root, without a slash in front, and follow no
// symbolic link. Errors: ImageHostile, what libext2fs says; the store's own.
class Ext4Editor {
 public:
  static Result<std::unique_ptr<Ext4Editor>> open(ByteStore& bytes);
  ~Ext4Editor();

  // Nothing in a folder that does not exist; without "." and "..".
  Result<std::vector<FolderEntry>> list(const std::string& folder);
  // Nothing: there is no such regular file.
  Result<std::optional<Bytes>> read(const std::string& path, std::uint64_t limit);
  // The blocks of the file system that hold a regular file's content from that byte on; none if there is no such file.
  Result<ExtentSet> blocks_behind(const std::string& path, std::uint64_t byte);

  // A file, a link or a whole tree; nothing happens if it is not there. True: it was.
  Result<bool> remove(const std::string& path);
  // A regular file that is there keeps owner and mode; otherwise one is made, owned by root, 0644.
  Result<void> write(const std::string& path, std::span<const std::byte> content);

  // The first bytes of a regular file that is longer: nothing else of it changes.
  Result<void> write_head(const std::string& path, std::span<const std::byte> head);

  // All changes are in the store. Without it none is whole.
  Result<void> close();

 private:
  struct Held;
  explicit Ext4Editor(std::unique_ptr<Held> held);
  std::unique_ptr<Held> held_;
};

}  // namespace relance
