#include "wiper/crypto/cose.h"

#include <algorithm>

namespace relance {
namespace {

// RFC 8949 §3: the kind of an item, in its first byte's upper three bits.
enum class Major : std::uint8_t { Unsigned = 0, Negative = 1, ByteString = 2, Text = 3, Array = 4, Map = 5, Tag = 6 };

constexpr std::uint64_t kSign1Tag = 18;
constexpr std::uint64_t kAlgorithm = 1;
constexpr std::uint64_t kKeyId = 4;
constexpr std::uint64_t kEs256 = 6;  // -7: a negative number n is written as -1 - n.
constexpr std::size_t kKeyIdBytes = 8;

void put(Bytes& out, std::span<const std::byte> bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

// The shortest of its spellings, as deterministic encoding wants.
void put_head(Bytes& out, Major major, std::uint64_t value) {
  const auto first = [&](unsigned low) {
    out.push_back(static_cast<std::byte>(static_cast<unsigned>(major) << 5 | low));
  };
  const auto rest = [&](unsigned low, std::size_t size) {
    first(low);
    for (std::size_t i = size; i-- > 0;) out.push_back(static_cast<std::byte>(value >> (8 * i)));
  };
  if (value < 24) return first(static_cast<unsigned>(value));
  if (value <= 0xFF) return rest(24, 1);
  if (value <= 0xFFFF) return rest(25, 2);
  if (value <= 0xFFFF'FFFF) return rest(26, 4);
  rest(27, 8);
}

void put_bytes(Bytes& out, std::span<const std::byte> bytes) {
  put_head(out, Major::ByteString, bytes.size());
  put(out, bytes);
}

void put_text(Bytes& out, std::string_view text) {
  put_head(out, Major::Text, text.size());
  put(out, as_bytes(text));
}

Bytes protected_header() {
  Bytes header;
  put_head(header, Major::Map, 1);
  put_head(header, Major::Unsigned, kAlgorithm);
  put_head(header, Major::Negative, kEs256);
  return header;
}

}  // namespace

Bytes cbor_map(std::span<const CborClaim> claims) {
  Bytes out;
  put_head(out, Major::Map, claims.size());
  for (const CborClaim& claim : claims) {
    put_head(out, Major::Unsigned, claim.number);
    if (const auto* number = std::get_if<std::uint64_t>(&claim.value))
      put_head(out, Major::Unsigned, *number);
    else if (const auto* text = std::get_if<std::string>(&claim.value))
      put_text(out, *text);
    else
      put_bytes(out, std::get<Bytes>(claim.value));
  }
  return out;
}

Bytes cose_sign1(std::span<const std::byte> payload, const PrivateKey& key, const KeyCertificate& certificate) {
  const Bytes header = protected_header();
  Bytes to_sign;  // Sig_structure, RFC 9052 §4.4.
  put_head(to_sign, Major::Array, 4);
  put_text(to_sign, "Signature1");
  put_bytes(to_sign, header);
  put_bytes(to_sign, {});
  put_bytes(to_sign, payload);

  Bytes out;
  put_head(out, Major::Tag, kSign1Tag);
  put_head(out, Major::Array, 4);
  put_bytes(out, header);
  put_head(out, Major::Map, 1);
  put_head(out, Major::Unsigned, kKeyId);
  const Sha256Digest fingerprint = certificate.fingerprint();
  put_bytes(out, std::span(fingerprint).first(kKeyIdBytes));
  put_bytes(out, payload);
  put_bytes(out, sign_raw(to_sign, key));
  return out;
}

std::string to_decimal(std::span<const std::byte> bytes) {
  std::vector<unsigned> digits;  // The last one first.
  for (const std::byte each : bytes) {
    unsigned carry = std::to_integer<unsigned>(each);
    for (unsigned& digit : digits) {
      carry += digit * 256;
      digit = carry % 10;
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) digits.push_back(carry % 10);
  }
  std::string text;
  std::for_each(digits.rbegin(), digits.rend(), [&](unsigned digit) { text += static_cast<char>('0' + digit); });
  return text;
}

}  // namespace relance
