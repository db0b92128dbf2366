#pragma once
// A signed statement small enough for a QR code: COSE_Sign1 (RFC 9052), ES256, over a CBOR map with numbered claims.

#include <variant>

#include "wiper/crypto/signature.h"

namespace relance {

// A claim's number and what it says. Numbers ascend.
struct CborClaim {
  std::uint64_t number = 0;
  std::variant<std::uint64_t, std::string, Bytes> value;
};
Bytes cbor_map(std::span<const CborClaim> claims);

// Tagged (18), protected {1: -7}, unprotected {4: the first 8 bytes of the key certificate's fingerprint}, empty
// external data.
Bytes cose_sign1(std::span<const std::byte> payload, const PrivateKey& key, const KeyCertificate& certificate);

// The bytes as one big number, in decimal digits: a QR code packs those best. The first byte is not zero.
std::string to_decimal(std::span<const std::byte> bytes);

}  // namespace relance
