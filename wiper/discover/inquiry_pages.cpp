#include "wiper/discover/inquiry_pages.h"

#include "wiper/base/bytes.h"
#include "wiper/discover/sanitise_text.h"

namespace relance {
namespace {

constexpr std::size_t kPageHeader = 4;
constexpr std::size_t kIdentifyAt = 60;
constexpr std::size_t kIdentifyBytes = 512;

std::uint16_t word(std::span<const std::byte> identify, std::size_t index) {
  return load_le<std::uint16_t>(identify.subspan(2 * index));
}

// ACS: text has its first letter in the upper byte of each word.
std::string text_in_words(std::span<const std::byte> identify, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i <= last; ++i) {
    text += static_cast<char>(word(identify, i) >> 8);
    text += static_cast<char>(word(identify, i) & 0xFF);
  }
  return sanitise_text(text);
}

// ACS: word 217 is 1 without rotation, else rotations per minute; 0 or FFFFh say nothing. Word 169 bit 0: TRIM, which
// early SSDs and modules have that do not know word 217. Word 0 is 848Ah on CompactFlash.
Medium medium_in(std::span<const std::byte> identify) {
  constexpr std::uint16_t kSlowestDisk = 0x0401;
  const std::uint16_t rate = word(identify, 217);
  if (rate == 1) return Medium::Flash;
  if (rate >= kSlowestDisk && rate != 0xFFFF) return Medium::Rotating;
  const bool trims = word(identify, 169) != 0xFFFF && (word(identify, 169) & 1) != 0;
  return trims || word(identify, 0) == 0x848A ? Medium::Flash : Medium::Unknown;
}

}  // namespace

std::string serial_in_page_80(std::span<const std::byte> page) {
  if (page.size() < kPageHeader || page[1] != std::byte{0x80}) return "";
  const std::size_t length = load_be<std::uint16_t>(page.subspan(2));
  if (length > page.size() - kPageHeader) return "";
  return sanitise_text(as_text(page.subspan(kPageHeader, length)));
}

std::optional<AtaIdentity> identity_in_page_89(std::span<const std::byte> page) {
  if (page.size() < kIdentifyAt + kIdentifyBytes || page[1] != std::byte{0x89}) return std::nullopt;
  const std::span<const std::byte> identify = page.subspan(kIdentifyAt, kIdentifyBytes);
  AtaIdentity identity;
  identity.serial = text_in_words(identify, 10, 19);
  identity.firmware = text_in_words(identify, 23, 26);
  identity.model = text_in_words(identify, 27, 46);
  identity.medium = medium_in(identify);
  if (identity.model.empty()) return std::nullopt;
  return identity;
}

}  // namespace relance
