#include "wiper/crypto/keyed_stream.h"

#include <openssl/core_names.h>

#include <algorithm>
#include <vector>

#include "wiper/crypto/openssl.h"

namespace relance {
namespace {

using Iv = std::array<std::byte, 16>;  // Both ciphers take 16 bytes: block number and nonce.

// A cipher turns zeros into its key stream. Read from here, 16 KiB that stay in the first-level cache, they cost less than
// setting the target to zero first.
constexpr std::size_t kZeroSource = 16 * 1024;
const std::array<unsigned char, kZeroSource> kZeros{};

constexpr std::size_t kLongestBlock = 64;
constexpr std::size_t block_size(Cipher cipher) { return cipher == Cipher::Aes256Ctr ? 16 : 64; }

// Fetched once: an implicit fetch takes the library's lock at each call.
const EVP_CIPHER* method(Cipher cipher) {
  openssl::start();
  static EVP_CIPHER* const aes = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  static EVP_CIPHER* const chacha = EVP_CIPHER_fetch(nullptr, "ChaCha20", nullptr);
  require(aes != nullptr && chacha != nullptr, "this OpenSSL lacks AES-256-CTR or ChaCha20");
  return cipher == Cipher::Aes256Ctr ? aes : chacha;
}

Iv iv_of_block(Cipher cipher, std::uint64_t block) {
  Iv iv{};
  if (cipher == Cipher::Aes256Ctr)
    store_be(std::span(iv).last(8), block);
  else
    store_le(std::span(iv).first(8), block);
  return iv;
}

void encrypt_zeros(EVP_CIPHER_CTX* context, std::span<std::byte> into) {
  while (!into.empty()) {
    const std::span<std::byte> piece = into.first(std::min(into.size(), kZeroSource));
    int written = 0;
    const int ok = EVP_EncryptUpdate(context, reinterpret_cast<unsigned char*>(piece.data()), &written, kZeros.data(),
                                     static_cast<int>(piece.size()));
    require(ok == 1 && written == static_cast<int>(piece.size()), "a stream cipher did not give all bytes");
    into = into.subspan(piece.size());
  }
}

// The quickest of a few rounds: a round that another program interrupted says nothing about the cipher.
nanoseconds quickest_round(Executor& executor, Cipher cipher) {
  constexpr std::size_t kRoundBytes = 32 * 1024;  // 1.2 ms at the 27 MB/s of the slowest CPU measured.
  constexpr int kRounds = 50;                     // A bound of its own: a simulated clock may stand still.
  constexpr nanoseconds kBudget = std::chrono::milliseconds(7);

  const KeyedStream stream(cipher, StreamKey{});
  std::vector<std::byte> buffer(kRoundBytes);
  stream.fill(0, std::span(buffer).first(4096));  // Fetching the cipher is not part of its speed.
  nanoseconds quickest = nanoseconds::max();
  const Moment begin = executor.now();
  Moment round_begin = begin;
  for (int round = 0; round < kRounds && round_begin - begin < kBudget; ++round) {
    stream.fill(0, buffer);
    const Moment round_end = executor.now();
    quickest = std::min(quickest, round_end - round_begin);
    round_begin = round_end;
  }
  return quickest;
}

}  // namespace

void KeyedStream::fill(std::uint64_t byte_offset, std::span<std::byte> into) const {
  // A context a call: under 1 µs, where 64 KiB of stream take 8 µs at best.
  const openssl::OwnedCipherContext context(EVP_CIPHER_CTX_new());
  const std::size_t block = block_size(cipher_);
  const Iv iv = iv_of_block(cipher_, byte_offset / block);
  require(context != nullptr &&
              EVP_EncryptInit_ex2(context.get(), method(cipher_), reinterpret_cast<const unsigned char*>(key_.data()),
                                  reinterpret_cast<const unsigned char*>(iv.data()), nullptr) == 1,
          "a stream cipher does not start");
  std::array<std::byte, kLongestBlock> skipped{};
  encrypt_zeros(context.get(), std::span(skipped).first(static_cast<std::size_t>(byte_offset % block)));
  encrypt_zeros(context.get(), into);
}

Cipher faster_cipher(Executor& executor) {
  const nanoseconds aes = quickest_round(executor, Cipher::Aes256Ctr);
  const nanoseconds chacha = quickest_round(executor, Cipher::ChaCha20);
  return aes < chacha ? Cipher::Aes256Ctr : Cipher::ChaCha20;
}

StreamKey derive_key(std::span<const std::byte> seed, std::string_view label) {
  openssl::start();
  const openssl::OwnedKdf kdf(EVP_KDF_fetch(nullptr, "HKDF", nullptr));
  const openssl::OwnedKdfContext context(kdf == nullptr ? nullptr : EVP_KDF_CTX_new(kdf.get()));
  std::string digest = "SHA256";
  const std::array<OSSL_PARAM, 4> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<std::byte*>(seed.data()), seed.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<char*>(label.data()), label.size()),
      OSSL_PARAM_construct_end()};
  StreamKey key{};
  require(context != nullptr && EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(key.data()), key.size(),
                                               parameters.data()) == 1,
          "HKDF failed");
  return key;
}

}  // namespace relance
