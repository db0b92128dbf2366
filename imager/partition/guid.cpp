#include "imager/partition/guid.h"

#include <algorithm>

#include "wiper/base/bytes.h"
#include "wiper/crypto/keyed_stream.h"

namespace relance {
namespace {

// Where each byte of the text's hex digits lies on the drive.
constexpr std::array<std::size_t, 16> kPlace{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
constexpr std::array<std::size_t, 4> kDashes{8, 13, 18, 23};
constexpr std::size_t kTextLength = 36;

std::string with_dashes(std::string digits) {
  for (const std::size_t dash : kDashes) digits.insert(dash, 1, '-');
  return digits;
}

}  // namespace

std::string guid_text(std::span<const std::byte> bytes) {
  GuidBytes ordered{};
  for (std::size_t i = 0; i < ordered.size(); ++i) ordered[i] = bytes[kPlace[i]];
  return with_dashes(to_hex(ordered));
}

Result<GuidBytes> guid_bytes(std::string_view text) {
  const Error wrong{Errc::Corrupt, Stop::Unspecified, "not a GUID"};
  if (text.size() != kTextLength) return wrong;
  for (const std::size_t dash : kDashes)
    if (text[dash] != '-') return wrong;
  std::string digits(text);
  std::erase(digits, '-');
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
  const Result<Bytes> ordered = from_hex(digits);
  if (!ordered.ok() || ordered.value().size() != kPlace.size()) return wrong;
  GuidBytes bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[kPlace[i]] = ordered.value()[i];
  return bytes;
}

std::string guid_from(std::span<const std::byte> seed, std::string_view label) {
  const StreamKey key = derive_key(seed, label);
  GuidBytes ordered{};
  std::copy_n(key.begin(), ordered.size(), ordered.begin());
  ordered[6] = (ordered[6] & std::byte{0x0f}) | std::byte{0x40};  // RFC 4122: version 4, random…
  ordered[8] = (ordered[8] & std::byte{0x3f}) | std::byte{0x80};  // …of its variant.
  return with_dashes(to_hex(ordered));
}

}  // namespace relance
