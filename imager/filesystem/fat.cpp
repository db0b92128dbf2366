// The clusters that the first FAT calls used, and everything in front of the clusters. A block is a sector, as partclone
// counts.

#include <algorithm>
#include <functional>

#include "imager/filesystem/fat_layout.h"
#include "imager/filesystem/survey.h"

namespace relance {
namespace {

// Entries of the first FAT from 0 on, in order.
Result<void> each_entry(ByteReader& bytes, const Fat& fat,
                        const std::function<void(std::uint64_t, std::uint32_t)>& take) {
  constexpr std::uint64_t kEntriesAtOnce = std::uint64_t{1} << 18;  // Even: two entries of 12 bits are three bytes.
  const std::uint64_t start = fat.fat_start * fat.sector_bytes;
  const std::uint64_t count = fat.clusters + 2;
  for (std::uint64_t first = 0; first < count; first += kEntriesAtOnce) {
    const std::uint64_t some = std::min(kEntriesAtOnce, count - first);
    Bytes piece(static_cast<std::size_t>((some * fat.bits + 7) / 8));
    TRY(bytes.read(start + first * fat.bits / 8, piece));
    const std::span<const std::byte> held(piece);
    for (std::uint64_t i = 0; i < some; ++i) {
      const auto at = static_cast<std::size_t>(i * fat.bits / 8);
      std::uint32_t entry = 0;
      if (fat.bits == 32) entry = load_le<std::uint32_t>(held.subspan(at)) & 0x0FFFFFFF;
      if (fat.bits == 16) entry = load_le<std::uint16_t>(held.subspan(at));
      if (fat.bits == 12) entry = (load_le<std::uint16_t>(held.subspan(at)) >> (i % 2 == 0 ? 0 : 4)) & 0xFFFU;
      take(first + i, entry);
    }
  }
  return {};
}

bool is_bad_cluster(const Fat& fat, std::uint32_t entry) { return entry == (0x0FFFFFF7U & ((1ULL << fat.bits) - 1)); }

// FAT[1] has two bits that are set while the volume is clean and free of errors; FAT12 has none.
bool says_dirty(const Fat& fat, std::uint32_t second_entry) {
  if (fat.bits == 12) return false;
  const std::uint32_t clean = fat.bits == 16 ? 0xC000 : 0x0C000000;
  return (second_entry & clean) != clean;
}

std::string volume_id_text(std::uint32_t id) {
  std::array<std::byte, 4> big{};
  store_be(std::span<std::byte>(big), id);
  const std::string hex = to_hex(big);
  return hex.substr(0, 4) + "-" + hex.substr(4);
}

}  // namespace

Result<FileSystemSurvey> survey_fat(ByteReader& bytes) {
  std::array<std::byte, 512> boot{};
  if (bytes.size_bytes() < boot.size()) return unfit("FAT that is shorter than a sector");
  TRY(bytes.read(0, boot));
  const Fat fat = TRY(parse_fat(boot, bytes.size_bytes()));
  if (fat.dirty) return unfit("FAT that was not unmounted cleanly");

  FileSystemSurvey survey;
  bool dirty = false;
  survey.used.add({0, fat.data_start});
  TRY(each_entry(bytes, fat, [&](std::uint64_t index, std::uint32_t entry) {
    if (index == 1) dirty = says_dirty(fat, entry);
    if (index < 2 || entry == 0 || is_bad_cluster(fat, entry)) return;
    survey.used.add({fat.data_start + (index - 2) * fat.sectors_a_cluster, fat.sectors_a_cluster});
  }));
  if (dirty) return unfit("FAT that was not unmounted cleanly, or has met errors");

  survey.kind = FileSystemKind::Fat;
  survey.stream_name = "FAT" + std::to_string(fat.bits);
  survey.file_suffix = "vfat";
  survey.label = fat.label == "NO NAME" ? "" : fat.label;
  survey.uuid = volume_id_text(fat.volume_id);
  survey.block_bytes = fat.sector_bytes;
  survey.block_count = fat.sectors;
  survey.used_by_superblock = survey.used.block_count();
  survey.minimum_blocks = fat.sectors;
  return survey;
}

}  // namespace relance
