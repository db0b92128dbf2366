#include "imager/filesystem/survey.h"

#include <algorithm>
#include <array>

namespace relance {
namespace {

struct Magic {
  FileSystemKind kind;
  std::size_t offset;
  std::string_view bytes;
  Result<FileSystemSurvey> (*survey)(ByteReader&);
};
// A file system is a row here and a file. FAT last: its boot signature is on many things.
constexpr std::array kMagics = {
    Magic{FileSystemKind::Ext4, 1024 + 0x38, "\x53\xEF", survey_ext4},
    Magic{FileSystemKind::Swap, 4096 - 10, "SWAPSPACE2", survey_swap},
    Magic{FileSystemKind::Fat, 0x52, "FAT32   ", survey_fat},
    Magic{FileSystemKind::Fat, 0x36, "FAT16   ", survey_fat},
    Magic{FileSystemKind::Fat, 0x36, "FAT12   ", survey_fat},
};

Result<const Magic*> magic_of(ByteReader& bytes) {
  Bytes head(static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size_bytes(), 4096)));
  TRY(bytes.read(0, head));
  const std::string_view text = as_text(head);
  const auto found = std::find_if(kMagics.begin(), kMagics.end(), [&](const Magic& magic) {
    return text.size() >= magic.offset && text.substr(magic.offset).starts_with(magic.bytes);
  });
  return found == kMagics.end() ? nullptr : &*found;
}

// The length of the UTF-8 sequence that starts here, or 0.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  const auto follows = [&](std::size_t i) { return (at(i) & 0xC0U) == 0x80U; };
  const unsigned first = at(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0 && follows(1)) return 2;
  const bool overlong3 = first == 0xE0 && at(1) < 0xA0;
  const bool surrogate = first == 0xED && at(1) >= 0xA0;
  if (first >= 0xE0 && first < 0xF0 && follows(1) && follows(2) && !overlong3 && !surrogate) return 3;
  const bool in_range =
      (first == 0xF0 && at(1) >= 0x90) || (first > 0xF0 && first < 0xF4) || (first == 0xF4 && at(1) < 0x90);
  return in_range && follows(1) && follows(2) && follows(3) ? 4 : 0;
}

}  // namespace

Error unfit(std::string detail) { return {Errc::Refused, Stop::MasterUnfit, std::move(detail)}; }

std::string label_in(std::span<const std::byte> field) {
  std::string_view text = as_text(field);
  text = text.substr(0, text.find('\0'));
  while (text.ends_with(' ')) text.remove_suffix(1);
  std::string label;
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const bool shown = length > 1 || (length == 1 && text.front() >= ' ' && text.front() != 127);
    label += shown ? text.substr(0, length) : "?";
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return label;
}

std::string uuid_text(std::span<const std::byte> sixteen) {
  if (std::all_of(sixteen.begin(), sixteen.end(), [](std::byte byte) { return byte == std::byte{0}; })) return "";
  std::string text = to_hex(sixteen);
  for (const std::size_t dash : {20U, 16U, 12U, 8U}) text.insert(dash, "-");
  return text;
}

Result<FileSystemKind> recognise(ByteReader& bytes) {
  const Magic* const magic = TRY(magic_of(bytes));
  return magic == nullptr ? FileSystemKind::Raw : magic->kind;
}

Result<FileSystemSurvey> survey(ByteReader& bytes) {
  const Magic* const magic = TRY(magic_of(bytes));
  return magic == nullptr ? survey_raw(bytes) : magic->survey(bytes);
}

Result<FileSystemSurvey> survey_raw(ByteReader& bytes) {
  FileSystemSurvey raw;
  raw.file_suffix = "dd";
  raw.block_count = bytes.size_bytes() / raw.block_bytes;
  raw.used_by_superblock = raw.block_count;
  raw.used.add({0, raw.block_count});
  raw.minimum_blocks = raw.block_count;
  return raw;
}

}  // namespace relance
