// The partition table of a Clonezilla image, which anybody may have edited.
#include "imager/format/sfdisk_dump.h"

#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace relance;
  const Result<DumpedTable> table = parse_sfdisk_dump(as_text(std::as_bytes(std::span(bytes, size))));
  if (!table.ok()) return 0;
  for (const DumpedPartition& partition : table.value().partitions)
    require(partition.range.end() > partition.range.first, "a range of nothing, or one that wraps");
  return 0;
}
