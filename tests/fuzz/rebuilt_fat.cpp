// The FAT of an image, with hostile tables and folders, rebuilt for larger sectors: what comes of it is a FAT again, and has
// the names that the first one has.
#include <cstdint>

#include "imager/filesystem/rebuild_fat.h"
#include "tests/support/memory_bytes.h"
#include "tests/support/sparse_input.h"

using namespace relance;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  constexpr std::uint64_t kTargetBytes = std::uint64_t{8} << 20;
  MemoryBytes source(partition_of(std::as_bytes(std::span(bytes, size))));
  const Result<RebuiltFat> planned = RebuiltFat::plan(source, kTargetBytes, 4096);
  if (!planned.ok()) return 0;
  const RebuiltFat& fat = planned.value();
  require(fat.used_bytes() <= kTargetBytes, "a FAT larger than its partition");
  MemoryBytes target(Bytes(static_cast<std::size_t>(kTargetBytes)));
  require(fat.read(source, 0, std::span(target.bytes).first(static_cast<std::size_t>(fat.used_bytes()))).ok(),
          "a planned FAT that cannot be read");
  FatVolume before = FatVolume::open(source).value();
  Result<FatVolume> after = FatVolume::open(target);
  require(after.ok(), "a rebuilt FAT that is none");
  const auto old_root = before.list("").value();
  const auto new_root = after.value().list("").value();
  require(old_root->size() == new_root->size(), "a rebuilt FAT with other files");
  for (std::size_t i = 0; i < old_root->size(); ++i) {
    require(old_root->at(i).is_folder == new_root->at(i).is_folder, "a file that became a folder");
    require(old_root->at(i).size_bytes == new_root->at(i).size_bytes, "a file of another size");
  }
  require(RebuiltFat::plan(target, kTargetBytes, 4096).ok(), "a rebuilt FAT that cannot be rebuilt");
  return 0;
}
