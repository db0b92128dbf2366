// zstd as it lies in a file: one frame that must decode to a length that we know, and any frames read as a stream.
#include <cstdint>

#include "imager/format/frame.h"
#include "tests/support/memory_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace relance;
  const std::span<const std::byte> input = std::as_bytes(std::span(bytes, size));
  Bytes into(1000);
  (void)FrameDecoder().decode(input, into);  // Only that it comes back.

  MemoryFolder folder;
  folder.files["f"] = Bytes(input.begin(), input.end());
  const std::unique_ptr<FileSource> file = folder.open("f").value();
  FrameStream stream(*file);
  for (int i = 0; i < 64; ++i)
    if (!stream.read(into).ok()) return 0;
  (void)stream.expect_end();  // Only that it comes back.
  return 0;
}
