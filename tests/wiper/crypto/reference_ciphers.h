#pragma once
// ChaCha20 and AES-256 once more, written from their definitions for clarity only: what KeyedStream is compared with.

#include <array>
#include <cstddef>
#include <cstdint>

#include "wiper/crypto/keyed_stream.h"

namespace relance::reference {

std::array<std::byte, 64> chacha20_block(const StreamKey& key, const std::array<std::byte, 16>& counter_and_nonce);
std::array<std::byte, 16> aes256_block(const StreamKey& key, const std::array<std::byte, 16>& block);

// One byte of the stream that keyed_stream.h describes.
std::byte stream_byte(Cipher cipher, const StreamKey& key, std::uint64_t offset);

}  // namespace relance::reference
