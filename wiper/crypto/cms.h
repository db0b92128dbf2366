#pragma once
// Detached signatures over bytes as they lie in a file (CMS, RFC 5652): of certificates of erasure and of image manifests.
// A stranger checks them with `openssl cms -verify -binary -purpose any -no_check_time -inform DER -in F.p7s -content F
// -CAfile racine.pem -out /dev/null`; cms_verify() asks the same and more.

#include <cstdint>
#include <string>

#include "wiper/crypto/signature.h"

namespace relance {

// DER, ECDSA P-256 with SHA-256, CAdES signing-certificate-v2, the signer's certificate inside (never the root's, unless
// the root signs). signing_time_s is the stick's time, never the PC's clock: seconds since 1970, years 1950 to 9999.
// At most 1 GiB. KeyUnreadable: key and certificate do not belong together.
Result<Bytes> cms_sign(std::span<const std::byte> bytes, const PrivateKey& key, const KeyCertificate& certificate,
                       std::int64_t signing_time_s);

struct CmsSigner {
  std::string common_name;   // "stick-07@workshop"
  std::string serial_hex;    // Of the signer's key certificate.
  Sha256Digest fingerprint;  // Of the signer's key certificate.
  std::int64_t signing_time_s = 0;
  PublicPoint public_point{};  // The signer's: signatures beside this one must be of the same key.

  bool operator==(const CmsSigner&) const = default;
};

// Who signed exactly these bytes. Nobody's clock is asked: a stick's certificate speaks for what it signed after its ten
// years too, and dates on old PCs lie (validity is not checked, nor is the signing time held against it).
//   SignatureWrong: the bytes or the signature were changed; or it is no such signature (Errc::Corrupt): hostile DER, more
//                   than one signer, another algorithm, content inside, something behind the end.
//   KeyStranger:    signed by somebody, but not directly certified by this root.
Result<CmsSigner> cms_verify(std::span<const std::byte> bytes, std::span<const std::byte> signature,
                             const KeyCertificate& root);

}  // namespace relance
