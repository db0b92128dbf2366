#include "wiper/discover/inquiry_pages.h"

#include "wiper/command/identify_device.h"

namespace relance {
namespace {

constexpr std::size_t kIdentifyAt = 60;
constexpr std::size_t kIdentifyBytes = 512;

// Early SSDs and modules do not know the word about rotation: what can trim is flash, and so is CompactFlash.
Medium medium_of(const IdentifyDevice& device) {
  if (device.rotations_per_minute) return *device.rotations_per_minute == 0 ? Medium::Flash : Medium::Rotating;
  return device.has_trim || device.is_compact_flash ? Medium::Flash : Medium::Unknown;
}

}  // namespace

std::optional<AtaIdentity> identity_in_page_89(std::span<const std::byte> page) {
  if (page.size() < kIdentifyAt + kIdentifyBytes || page[1] != std::byte{0x89}) return std::nullopt;
  const Result<IdentifyDevice> device = decode_identify_device(page.subspan(kIdentifyAt, kIdentifyBytes));
  if (!device.ok() || device.value().model.empty()) return std::nullopt;
  return AtaIdentity{device.value().model, device.value().serial, device.value().firmware, medium_of(device.value())};
}

}  // namespace relance
