#pragma once
// A moment as certificates and keys write it.

#include <cstdint>
#include <optional>
#include <string>

namespace relance {

// "2026-11-18T11:06:40Z"; years outside 0001 to 9999 become "?", for a clock can say anything.
std::string iso_time(std::int64_t seconds);
// Of such a text; nothing for any other.
std::optional<std::int64_t> seconds_of(const std::string& iso);

}  // namespace relance
