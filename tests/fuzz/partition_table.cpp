// A hostile partition table. The input is what the first blocks of a drive hold, then an
// extended boot record, then what its last blocks hold; its first byte says whether the checksums of a GPT are made right,
// so that the search gets behind them.
#include <algorithm>
#include <cstdint>

#include "imager/partition/read_layout.h"
#include "tests/support/memory_drive.h"
#include "wiper/base/crc32.h"

namespace {

using namespace relance;

constexpr std::uint64_t kBlocks = 256;
constexpr std::uint64_t kHeadBlocks = 34;
constexpr std::uint64_t kEbrLba = 100;

void mend(std::span<std::byte> header, std::span<const std::byte> drive, std::size_t block_bytes) {
  const auto entries_lba = load_le<std::uint64_t>(header.subspan(72));
  const std::uint64_t size =
      std::uint64_t{load_le<std::uint32_t>(header.subspan(80))} * load_le<std::uint32_t>(header.subspan(84));
  if (entries_lba < kBlocks && size <= drive.size() - entries_lba * block_bytes)
    store_le<std::uint32_t>(header.subspan(88), crc32(drive.subspan(entries_lba * block_bytes, size)));
  const auto header_bytes = load_le<std::uint32_t>(header.subspan(12));
  if (header_bytes > block_bytes) return;
  store_le<std::uint32_t>(header.subspan(16), 0);
  store_le<std::uint32_t>(header.subspan(16), crc32(header.first(header_bytes)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 1) return 0;
  const std::uint8_t choice = bytes[0];
  std::span<const std::byte> input(reinterpret_cast<const std::byte*>(bytes) + 1, size - 1);
  const std::uint32_t block_bytes = (choice & 2) != 0 ? 4096 : 512;
  MemoryDrive drive({.block_count = kBlocks, .logical_bytes = block_bytes, .physical_bytes = 4096}, std::byte{0});
  const std::span<std::byte> platter(drive.platter);
  const auto lay = [&](std::uint64_t lba, std::uint64_t blocks) {
    const std::size_t count = std::min<std::size_t>(input.size(), blocks * block_bytes);
    std::copy_n(input.begin(), count, platter.begin() + static_cast<std::ptrdiff_t>(lba * block_bytes));
    input = input.subspan(count);
  };
  lay(0, kHeadBlocks);
  lay(kEbrLba, 1);
  lay(kBlocks - 33, 33);
  if ((choice & 1) != 0) {
    mend(platter.subspan(block_bytes, block_bytes), platter, block_bytes);
    mend(platter.last(block_bytes), platter, block_bytes);
  }

  const Result<Layout> layout = read_layout(drive);
  if (!layout.ok()) return 0;
  std::uint64_t end = 0;
  for (const LayoutPartition& partition : layout.value().partitions) {
    require(!partition.range.empty() && partition.range.first >= end, "partitions that overlap were accepted");
    end = partition.range.end();
  }
  require(end <= kBlocks, "a partition outside of the drive was accepted");
  return 0;
}
