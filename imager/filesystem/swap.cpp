// Swap is never copied: its first page says what mkswap made, and the target gets a new one of its own size.
//
// Page of 4096 bytes (linux/swap.h, union swap_header): 1024 u32 version 1, 1028 u32 last page, 1032 u32 bad pages,
// 1036 UUID (16), 1052 label (16), 4086 "SWAPSPACE2". After hibernation the magic is another, so it is not recognised here.

#include "imager/filesystem/survey.h"

namespace relance {

Result<FileSystemSurvey> survey_swap(ByteReader& bytes) {
  constexpr std::uint32_t kPage = 4096;
  if (bytes.size_bytes() < kPage) return unfit("swap that is shorter than its first page");
  Bytes page(kPage);
  TRY(bytes.read(0, page));
  const std::span<const std::byte> head(page);
  if (load_le<std::uint32_t>(head.subspan(1024)) != 1) return unfit("swap of an unknown version");

  FileSystemSurvey swap;
  swap.kind = FileSystemKind::Swap;
  swap.uuid = uuid_text(head.subspan(1036, 16));
  swap.label = label_in(head.subspan(1052, 16));
  swap.block_bytes = kPage;
  swap.block_count = bytes.size_bytes() / kPage;
  swap.minimum_blocks = swap.block_count;
  return swap;
}

}  // namespace relance
