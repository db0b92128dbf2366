#pragma once
// A folder as our own medium: the stick's mounted data partition, or what --stick names.

#include <memory>
#include <mutex>

#include "wiper/linux/descriptor.h"
#include "wiper/stick/store.h"

namespace relance {

// The folder is held open, so that a pulled stick answers with errors (StickGone) and nothing is written into the empty
// mount point that it leaves behind. After it was put back, open a new one.
class FolderStore : public Store {
 public:
  // StickMissing: no such folder.
  static Result<std::unique_ptr<FolderStore>> open(const std::string& root);

  Result<void> append(const std::string& path, std::span<const std::byte> bytes) override;
  Result<void> publish(const std::string& path, std::span<const std::byte> bytes) override;
  Result<Bytes> read(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  bool exists(const std::string& path) override;
  Result<void> try_out() override;

 private:
  explicit FolderStore(Descriptor root) : root_(std::move(root)) {}

  Result<void> make_folders(const std::string& path);
  Result<void> sync_folder_of(const std::string& path);
  Result<Bytes> read_from_medium(const std::string& path);
  Result<void> write_whole(const std::string& path, std::span<const std::byte> bytes);
  Result<void> rename_to_free_name(const std::string& from, const std::string& to);
  Error failure(const std::string& what, int os_errno) const;

  Descriptor root_;
  std::mutex writing_;  // Two appends to one file must not mix their pieces. Held over the stick's own calls only.
};

}  // namespace relance
