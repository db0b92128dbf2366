#include "wiper/crypto/keyed_stream.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/wiper/crypto/reference_ciphers.h"

namespace relance {
namespace {

// A clock that a test moves by hand, and nothing else.
class ScriptedClock : public Executor {
 public:
  mutable std::uint64_t asked = 0;
  nanoseconds step{0};  // How far the clock moves each time it is asked.

  Moment now() const override { return {step * static_cast<std::int64_t>(asked++)}; }
  std::int64_t pc_clock_s() const override { return 0; }
  std::unique_ptr<Task> start(std::string, std::function<void()>) override { return nullptr; }
  bool wait(const std::function<bool()>& ready, Moment) override { return ready(); }
  void notify() override {}
};

template <std::size_t N>
std::array<std::byte, N> array_of(std::string_view hex) {
  const Bytes bytes = from_hex(hex).value();
  std::array<std::byte, N> array{};
  std::copy_n(bytes.begin(), N, array.begin());
  return array;
}

const StreamKey kKey = array_of<32>("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

Bytes stream_bytes(Cipher cipher, std::uint64_t offset, std::size_t size) {
  Bytes bytes(size);
  KeyedStream(cipher, kKey).fill(offset, bytes);
  return bytes;
}

Bytes reference_bytes(Cipher cipher, std::uint64_t offset, std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = reference::stream_byte(cipher, kKey, offset + i);
  return bytes;
}

constexpr std::array kBothCiphers{Cipher::Aes256Ctr, Cipher::ChaCha20};

TEST_SUITE("keyed stream") {
  TEST_CASE("the reference ciphers give the vectors of FIPS 197 and RFC 8439") {
    CHECK(to_hex(reference::aes256_block(kKey, array_of<16>("00112233445566778899aabbccddeeff"))) ==
          "8ea2b7ca516745bfeafc49904b496089");
    CHECK(to_hex(reference::chacha20_block(kKey, array_of<16>("01000000000000090000004a00000000"))) ==
          "10f1e7e4d13b5915500fdd1fa32071c4c7d1f4c733c068030422aa9ac3d46c4e"
          "d2826446079faa0914c2d705d98b02a2b5129cd1de164eb9cbd083e8a2503c4e");
  }

  TEST_CASE("any offset gives the same bytes as a computation of its own, past 2^32 blocks and up to the last byte") {
    for (const Cipher cipher : kBothCiphers) {
      for (const std::uint64_t around : {std::uint64_t{200}, std::uint64_t{1} << 32, std::uint64_t{1} << 36,
                                         std::uint64_t{1} << 38, std::uint64_t{5} << 38, std::uint64_t{1} << 63}) {
        for (const std::uint64_t before : {0U, 1U, 15U, 64U, 130U}) {
          CAPTURE(name_of(cipher));
          CAPTURE(around);
          CAPTURE(before);
          CHECK(stream_bytes(cipher, around - before, 300) == reference_bytes(cipher, around - before, 300));
        }
      }
      const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
      CHECK(stream_bytes(cipher, last, 1) == reference_bytes(cipher, last, 1));
      CHECK(stream_bytes(cipher, last - 99, 100) == reference_bytes(cipher, last - 99, 100));
    }
  }

  TEST_CASE("one large fill across the 256 GiB boundary is the same as many small ones") {
    for (const Cipher cipher : kBothCiphers) {
      const std::uint64_t first = (std::uint64_t{1} << 38) - 100'001;

      const Bytes whole = stream_bytes(cipher, first, 200'000);

      for (std::size_t at = 0; at < whole.size(); at += 777) {
        const std::size_t size = std::min<std::size_t>(777, whole.size() - at);
        const Bytes piece = stream_bytes(cipher, first + at, size);
        REQUIRE(std::equal(piece.begin(), piece.end(), whole.begin() + static_cast<std::ptrdiff_t>(at)));
      }
    }
  }

  TEST_CASE("nothing is written outside the buffer, and an empty one is left alone") {
    for (const Cipher cipher : kBothCiphers) {
      Bytes buffer(100, std::byte{0xEE});
      KeyedStream(cipher, kKey).fill(33, std::span(buffer).subspan(10, 70));
      KeyedStream(cipher, kKey).fill(33, std::span(buffer).first(0));

      CHECK(std::count(buffer.begin(), buffer.begin() + 10, std::byte{0xEE}) == 10);
      CHECK(std::count(buffer.begin() + 80, buffer.end(), std::byte{0xEE}) == 20);
    }
  }

  TEST_CASE("two keys and two ciphers have nothing in common") {
    StreamKey other = kKey;
    other[31] ^= std::byte{1};
    Bytes bytes(64);
    KeyedStream(Cipher::ChaCha20, other).fill(0, bytes);

    CHECK(bytes != stream_bytes(Cipher::ChaCha20, 0, 64));
    CHECK(stream_bytes(Cipher::Aes256Ctr, 0, 64) != stream_bytes(Cipher::ChaCha20, 0, 64));
  }

  TEST_CASE("measuring the ciphers ends with a clock that stands still and with one that runs away") {
    ScriptedClock still;
    CHECK(faster_cipher(still) == faster_cipher(still));
    CHECK(still.asked < 500);

    ScriptedClock running;
    running.step = std::chrono::milliseconds(4);
    (void)faster_cipher(running);  // The answer is a matter of the clock; that it comes soon is the claim.
    CHECK(running.asked < 10);
  }

  TEST_CASE("a derived key is HKDF-SHA256 of RFC 5869, and each label has its own") {
    // RFC 5869, test case 3: no salt, no info; the first 32 of its 42 bytes.
    const Bytes seed(22, std::byte{0x0b});
    CHECK(to_hex(derive_key(seed, "")) == "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d");
    CHECK(derive_key(seed, "pass 1") != derive_key(seed, "pass 2"));
    CHECK(derive_key(seed, "pass 1") == derive_key(seed, "pass 1"));
  }
}

}  // namespace
}  // namespace relance
