#include "tests/wiper/crypto/reference_ciphers.h"

#include <bit>

#include "wiper/base/bytes.h"

namespace relance::reference {
namespace {

using State = std::array<std::uint32_t, 16>;
using Octets = std::array<std::uint8_t, 16>;

void quarter_round(State& s, std::size_t a, std::size_t b, std::size_t c, std::size_t d) {
  s[a] += s[b], s[d] = std::rotl(s[d] ^ s[a], 16);
  s[c] += s[d], s[b] = std::rotl(s[b] ^ s[c], 12);
  s[a] += s[b], s[d] = std::rotl(s[d] ^ s[a], 8);
  s[c] += s[d], s[b] = std::rotl(s[b] ^ s[c], 7);
}

// GF(2^8) with the polynomial of FIPS 197, bit by bit.
std::uint8_t times(std::uint8_t a, std::uint8_t b) {
  unsigned product = 0;
  for (unsigned bit = 8; bit-- > 0;) {
    product = (product << 1) ^ ((product & 0x80U) != 0 ? 0x11BU : 0U);
    if (((b >> bit) & 1U) != 0) product ^= a;
  }
  return static_cast<std::uint8_t>(product);
}

std::uint8_t substitute(std::uint8_t value) {
  std::uint8_t inverse = 0;
  for (unsigned candidate = 1; candidate < 256 && value != 0; ++candidate)
    if (times(value, static_cast<std::uint8_t>(candidate)) == 1) inverse = static_cast<std::uint8_t>(candidate);
  std::uint8_t result = 0x63;
  for (int shift = 0; shift < 5; ++shift) result = static_cast<std::uint8_t>(result ^ std::rotl(inverse, shift));
  return result;
}

const std::array<std::uint8_t, 256>& substitution_table() {
  static const auto table = [] {
    std::array<std::uint8_t, 256> made{};
    for (unsigned i = 0; i < 256; ++i) made[i] = substitute(static_cast<std::uint8_t>(i));
    return made;
  }();
  return table;
}

std::array<std::uint8_t, 240> expand_key(const StreamKey& key) {
  std::array<std::uint8_t, 240> words{};
  for (std::size_t i = 0; i < 32; ++i) words[i] = std::to_integer<std::uint8_t>(key[i]);
  std::uint8_t round_constant = 1;
  for (std::size_t i = 32; i < 240; i += 4) {
    std::array<std::uint8_t, 4> word{words[i - 4], words[i - 3], words[i - 2], words[i - 1]};
    if (i % 32 == 0) {
      word = {substitution_table()[word[1]], substitution_table()[word[2]], substitution_table()[word[3]],
              substitution_table()[word[0]]};
      word[0] ^= round_constant;
      round_constant = times(round_constant, 2);
    } else if (i % 32 == 16) {
      for (std::uint8_t& octet : word) octet = substitution_table()[octet];
    }
    for (std::size_t j = 0; j < 4; ++j) words[i + j] = words[i + j - 32] ^ word[j];
  }
  return words;
}

void substitute_and_shift_rows(Octets& state) {
  const Octets before = state;
  for (std::size_t column = 0; column < 4; ++column)
    for (std::size_t row = 0; row < 4; ++row)
      state[4 * column + row] = substitution_table()[before[4 * ((column + row) % 4) + row]];
}

void mix_columns(Octets& state) {
  const Octets before = state;
  for (std::size_t column = 0; column < 16; column += 4)
    for (std::size_t row = 0; row < 4; ++row)
      state[column + row] =
          static_cast<std::uint8_t>(times(before[column + row], 2) ^ times(before[column + (row + 1) % 4], 3) ^
                                    before[column + (row + 2) % 4] ^ before[column + (row + 3) % 4]);
}

}  // namespace

std::array<std::byte, 64> chacha20_block(const StreamKey& key, const std::array<std::byte, 16>& counter_and_nonce) {
  State initial{0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};  // "expand 32-byte k"
  for (std::size_t i = 0; i < 8; ++i) initial[4 + i] = load_le<std::uint32_t>(std::span(key).subspan(4 * i));
  for (std::size_t i = 0; i < 4; ++i)
    initial[12 + i] = load_le<std::uint32_t>(std::span(counter_and_nonce).subspan(4 * i));
  State state = initial;
  for (int round = 0; round < 10; ++round) {
    for (std::size_t i = 0; i < 4; ++i) quarter_round(state, i, 4 + i, 8 + i, 12 + i);
    for (std::size_t i = 0; i < 4; ++i) quarter_round(state, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
  }
  std::array<std::byte, 64> block{};
  for (std::size_t i = 0; i < 16; ++i) store_le(std::span(block).subspan(4 * i), state[i] + initial[i]);
  return block;
}

std::array<std::byte, 16> aes256_block(const StreamKey& key, const std::array<std::byte, 16>& block) {
  const std::array<std::uint8_t, 240> round_keys = expand_key(key);
  Octets state{};
  for (std::size_t i = 0; i < 16; ++i) state[i] = std::to_integer<std::uint8_t>(block[i]) ^ round_keys[i];
  for (std::size_t round = 1; round <= 14; ++round) {
    substitute_and_shift_rows(state);
    if (round != 14) mix_columns(state);
    for (std::size_t i = 0; i < 16; ++i) state[i] ^= round_keys[16 * round + i];
  }
  std::array<std::byte, 16> result{};
  for (std::size_t i = 0; i < 16; ++i) result[i] = std::byte{state[i]};
  return result;
}

std::byte stream_byte(Cipher cipher, const StreamKey& key, std::uint64_t offset) {
  std::array<std::byte, 16> counter{};
  if (cipher == Cipher::ChaCha20) {
    store_le(std::span(counter).first(8), offset / 64);
    return chacha20_block(key, counter)[offset % 64];
  }
  store_be(std::span(counter).last(8), offset / 16);
  return aes256_block(key, counter)[offset % 16];
}

}  // namespace relance::reference
