#pragma once
// GUIDs as text (lower case, as people and manifests write them) and as GPT stores them: the first three groups
// little-endian, the last two as they are read.

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "wiper/base/result.h"

namespace relance {

using GuidBytes = std::array<std::byte, 16>;

std::string guid_text(std::span<const std::byte> bytes);  // 16 bytes or more.
Result<GuidBytes> guid_bytes(std::string_view text);      // Errc::Corrupt: not 8-4-4-4-12 hex digits.

// A random GUID (version 4) whose randomness is the seed: the same label gives the same GUID again.
std::string guid_from(std::span<const std::byte> seed, std::string_view label);

}  // namespace relance
