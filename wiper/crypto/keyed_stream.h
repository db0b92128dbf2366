#pragma once
// A random pass is a function of key and byte offset: any chunk can be made again for its comparison, in any order, by
// any worker, and after a power cut.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "wiper/base/executor.h"
#include "wiper/base/fields.h"

namespace relance {

enum class Cipher : std::uint8_t { Aes256Ctr, ChaCha20 };
template <>
struct EnumNames<Cipher> {
  static constexpr std::array<std::string_view, 2> names{"aes-256-ctr", "chacha20"};
};

using StreamKey = std::array<std::byte, 32>;

// The cipher's key stream with a nonce of zero (a key is used for one pass of one drive). Immutable: any number of
// threads may fill at once. Cannot fail; no memory for a cipher context ends the program.
//
//   Aes256Ctr: 16-byte blocks, the counter is the block number, 128 bits big-endian (`openssl enc -aes-256-ctr -iv 0…`).
//   ChaCha20:  64-byte blocks, the counter is the block number, 64 bits little-endian, then 8 zero bytes of nonce
//              (Bernstein's original; RFC 8439 has 32 bits of counter, which end at 256 GiB).
class KeyedStream {
 public:
  KeyedStream(Cipher cipher, const StreamKey& key) : cipher_(cipher), key_(key) {}

  // The bytes of the stream from byte_offset on, as many as `into` holds. Any offset, any size, any alignment.
  void fill(std::uint64_t byte_offset, std::span<std::byte> into) const;

 private:
  Cipher cipher_;
  StreamKey key_;
};

// Which cipher this CPU makes faster, by measuring both: AES with its instructions, ChaCha20 without. Takes at most 20 ms.
Cipher faster_cipher(Executor& executor);

// HKDF-SHA256 (RFC 5869) without salt, the label as info: independent keys from one run seed.
StreamKey derive_key(std::span<const std::byte> seed, std::string_view label);

}  // namespace relance
