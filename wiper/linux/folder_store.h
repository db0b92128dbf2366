#pragma once
// A folder as our own medium: the stick's mounted data partition, or what --stick names.

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "wiper/linux/descriptor.h"
#include "wiper/stick/store.h"

namespace relance {

// The folder is held open, so that a pulled stick answers with errors (StickGone) and nothing is written into the empty
// mount point that it leaves behind. Once it was put back and mounted at the same place, the next call finds it again: the
// same stick by its marker file and by the last record that it took, or the same folder. Another stick, or a copy, is none.
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
  struct Opened {
    Descriptor folder;
    std::uint64_t device = 0;  // Which folder it is, by st_dev and st_ino.
    std::uint64_t number = 0;
    std::string marker;  // What its marker file holds; empty: it has none.
  };
  FolderStore(std::string path, Opened opened);
  static Result<Opened> open_folder(const std::string& path);

  // Before each call: after the stick was lost, is it there again?
  Result<void> come_back();
  bool holds_last_record(const Opened& found) const;
  int root() const { return root_; }

  Result<void> make_folders(const std::string& path);
  Result<void> sync_folder_of(const std::string& path);
  Result<Bytes> read_from_medium(const std::string& path);
  Result<void> write_whole(const std::string& path, std::span<const std::byte> bytes);
  Result<void> rename_to_free_name(const std::string& from, const std::string& to);
  Error lost(const std::string& sentence, int os_errno) const;
  Error failure(const std::string& what, int os_errno) const;

  const std::string path_;
  std::mutex coming_back_;  // Of what follows, to root_.
  std::string last_path_;   // What it has acknowledged last: a copy of the stick does not hold it.
  std::int64_t last_size_ = 0;
  std::vector<Opened> opened_;  // The last one is in use. The others stay open for who still holds their number.
  std::atomic<int> root_;
  mutable std::atomic<bool> is_lost_{false};
  std::mutex writing_;  // Two appends to one file must not mix their pieces. Held over the stick's own calls only.
};

}  // namespace relance
