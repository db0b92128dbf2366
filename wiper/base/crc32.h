#pragma once
// CRC-32 as in zip, GPT, partclone and our journal (ISO-HDLC: polynomial 0x04c11db7 reflected, all ones before and after).

#include <cstddef>
#include <cstdint>
#include <span>

namespace relance {

// `before` is the CRC of the bytes that came before these: crc32(b, crc32(a)) is that of both together.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t before = 0);

}  // namespace relance
