// A partclone stream within zstd, as somebody else made it. The input is the stream itself; its first byte says whether the
// CRCs of header and bitmap are made right, so that the search gets behind them, and whether it may be raw.
#include <cstdint>

#include "imager/format/foreign_chunks.h"
#include "tests/support/memory_folder.h"
#include "wiper/base/crc32.h"

namespace {

using namespace relance;

void mend(std::span<std::byte> stream) {
  if (stream.size() < kStreamHeaderBytes) return;
  store_le<std::uint32_t>(stream.subspan(106), ~crc32(stream.first(106)));
  const Result<StreamHeader> header = parse_stream_header(stream.first(kStreamHeaderBytes));
  if (!header.ok() || bitmap_size(header.value()) > stream.size() - kStreamHeaderBytes) return;
  const std::span<std::byte> bitmap = stream.subspan(kStreamHeaderBytes, bitmap_size(header.value()));
  store_le<std::uint32_t>(bitmap.last(4), ~crc32(bitmap.first(bitmap.size() - 4)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 1) return 0;
  const std::span<const std::byte> input = std::as_bytes(std::span(bytes, size)).subspan(1);
  Bytes stream(input.begin(), input.end());
  if ((bytes[0] & 1) != 0) mend(stream);
  MemoryFolder folder;
  folder.files["f"] = FrameEncoder(1).encode(stream);
  const std::unique_ptr<FileSource> file = folder.open("f").value();
  const StreamRoom room{std::uint64_t{1} << 24, (bytes[0] & 2) != 0};
  const Result<IndexedStream> index = index_stream(*file, room, [](std::uint64_t) {});
  if (!index.ok()) return 0;
  for (const ImageChunk& chunk : index.value().chunks)
    require(chunk.extents.ranges().back().end() * index.value().header.block_bytes <= room.bytes,
            "a chunk outside of its partition");
  return 0;
}
