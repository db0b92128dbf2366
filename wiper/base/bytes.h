#pragma once
// Integers in bytes, by byte order: never a struct over disk bytes. And bytes as lower-case hex.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "wiper/base/result.h"

namespace relance {

using Bytes = std::vector<std::byte>;

template <class Integer>
Integer load_le(std::span<const std::byte> bytes) {
  require(bytes.size() >= sizeof(Integer), "load_le: too few bytes");
  Integer value = 0;
  for (std::size_t i = sizeof(Integer); i-- > 0;)
    value = static_cast<Integer>((static_cast<std::uint64_t>(value) << 8) | std::to_integer<std::uint64_t>(bytes[i]));
  return value;
}

template <class Integer>
void store_le(std::span<std::byte> bytes, Integer value) {
  require(bytes.size() >= sizeof(Integer), "store_le: too few bytes");
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * i));
}

template <class Integer>
Integer load_be(std::span<const std::byte> bytes) {
  require(bytes.size() >= sizeof(Integer), "load_be: too few bytes");
  Integer value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    value = static_cast<Integer>((static_cast<std::uint64_t>(value) << 8) | std::to_integer<std::uint64_t>(bytes[i]));
  return value;
}

template <class Integer>
void store_be(std::span<std::byte> bytes, Integer value) {
  require(bytes.size() >= sizeof(Integer), "store_be: too few bytes");
  for (std::size_t i = 0; i < sizeof(Integer); ++i)
    bytes[i] = static_cast<std::byte>(static_cast<std::uint64_t>(value) >> (8 * (sizeof(Integer) - 1 - i)));
}

bool is_zero(std::span<const std::byte> bytes);  // Each of them; so are none at all.

std::string to_hex(std::span<const std::byte> bytes);             // Lower case.
std::string hex_number(std::uint64_t value, std::size_t digits);  // "0x0f": an even number of digits, 16 at most.
Result<Bytes> from_hex(std::string_view text);  // Corrupt if not an even number of lower-case hex digits.

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}
inline std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace relance
