#pragma once
// ECDSA on P-256 without an envelope: what SSHSIG and COSE put into theirs. (CMS has its own way through OpenSSL.)

#include <optional>

#include "wiper/crypto/key_certificate.h"

namespace relance {

// A key's public half, uncompressed: 0x04, then x and y.
using PublicPoint = std::array<std::byte, 65>;
PublicPoint public_point(const KeyCertificate& certificate);

// r, then s, 32 bytes each, big-endian; over the SHA-256 of the bytes.
using RawSignature = std::array<std::byte, 64>;
RawSignature sign_raw(std::span<const std::byte> bytes, const PrivateKey& key);
bool holds_raw(std::span<const std::byte> bytes, const RawSignature& signature, const PublicPoint& point);

// Base64 of RFC 4648, padded, on one line.
std::string to_base64(std::span<const std::byte> bytes);
// That spelling only; nothing for any other.
std::optional<Bytes> from_base64(std::string_view text);

}  // namespace relance
