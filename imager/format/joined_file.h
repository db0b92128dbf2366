#pragma once
// A partition's file that was split for a medium with small files: its volumes (…zst.aa, …zst.ab), read as one.

#include <memory>
#include <vector>

#include "imager/format/folder.h"

namespace relance {

// "aa", "ab" … "zz" as split(1) names them; number < kMostVolumes.
inline constexpr std::size_t kMostVolumes = 26 * 26;
std::string volume_suffix(std::size_t number);

class JoinedFile final : public FileSource {
 public:
  explicit JoinedFile(std::vector<std::unique_ptr<FileSource>> parts);
  std::uint64_t size_bytes() const override { return size_; }
  Result<void> read(std::uint64_t offset, std::span<std::byte> bytes) override;

 private:
  std::vector<std::unique_ptr<FileSource>> parts_;
  std::uint64_t size_ = 0;
};

}  // namespace relance
