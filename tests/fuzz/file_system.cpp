// The file systems of a master: hostile superblocks, tables, bitmaps, folders and journals.
#include <cstdint>

#include "imager/filesystem/survey.h"
#include "tests/support/memory_bytes.h"
#include "tests/support/sparse_input.h"

using namespace relance;

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
