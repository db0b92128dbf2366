// The file systems of a master: hostile superblocks, tables, bitmaps, folders and journals. The input is the partition, or,
// behind the word "sparse", pieces of one of 4 MiB: u32 offset, u32 size, bytes.
#include <algorithm>
#include <cstdint>

#include "imager/filesystem/survey.h"
#include "tests/support/memory_bytes.h"

namespace {

using namespace relance;

Bytes partition_of(std::span<const std::byte> input) {
  constexpr std::string_view kSparse = "sparse";
  if (!as_text(input).starts_with(kSparse)) return {input.begin(), input.end()};
  Bytes partition(std::size_t{4} << 20);
  input = input.subspan(kSparse.size());
  while (input.size() >= 8) {
    const std::size_t offset = load_le<std::uint32_t>(input);
    const std::size_t size = std::min<std::size_t>(load_le<std::uint32_t>(input.subspan(4)), input.size() - 8);
    if (offset > partition.size() || size > partition.size() - offset) break;
    std::copy_n(input.begin() + 8, size, partition.begin() + static_cast<std::ptrdiff_t>(offset));
    input = input.subspan(8 + size);
  }
  return partition;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  MemoryBytes partition(partition_of(std::as_bytes(std::span(bytes, size))));
  const Result<FileSystemSurvey> found = survey(partition);
  if (!found.ok()) return 0;
  const FileSystemSurvey& system = found.value();
  require(system.block_count <= partition.size_bytes() / system.block_bytes,
          "a file system larger than its partition was accepted");
  require(system.used.empty() || system.used.ranges().back().end() <= system.block_count,
          "a used block behind the end");
  require(system.used.covers(system.zeros), "zeros that are not used");
  require(system.minimum_blocks <= system.block_count, "a minimum above the whole");
  return 0;
}
