#pragma once
// Who a key belongs to: the workshop's root certificate and the sticks' certificates that it signs (X.509, P-256).
// "Certificate" alone always means a certificate of erasure.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "wiper/crypto/hash.h"
#include "wiper/crypto/key.h"

struct x509_st;

namespace relance {

class KeyCertificate {
 public:
  // One PEM certificate of a P-256 key, signed with ECDSA and SHA-256; else Stop::KeyUnreadable. Says nothing about who signed it.
  static Result<KeyCertificate> open(std::span<const std::byte> pem);
  // The same, as to_der() writes it.
  static Result<KeyCertificate> open_der(std::span<const std::byte> der);
  explicit KeyCertificate(x509_st* handle) : handle_(handle) {}  // For this folder.

  Bytes to_pem() const;
  Bytes to_der() const;
  // As written in the certificate; a stranger may have written it. Control characters are replaced by '?'.
  std::string common_name() const;
  std::string serial_hex() const;
  std::int64_t not_before_s()
      const;  // When it was made, by the clock of the PC that made it; 0: it says nothing readable.
  // What `openssl x509 -fingerprint -sha256` prints, without colons: what a donor's contract quotes of the root.
  Sha256Digest fingerprint() const;

  x509_st* handle() const { return handle_.get(); }  // For this folder.

 private:
  struct Free {
    void operator()(x509_st* certificate) const;
  };
  std::unique_ptr<x509_st, Free> handle_;
};

// The workshop's root: signs itself, 20 years from now_s, may certify sticks and sign image manifests.
// Invalid: a name that is empty, longer than 40 bytes, not UTF-8 or with control characters.
Result<KeyCertificate> make_root_certificate(const PrivateKey& key, std::string_view workshop, std::int64_t now_s);

// A stick's certificate, 10 years from now_s, common name "stick-07@workshop" (blanks of the workshop's name become '-', so
// that it serves as a principal for ssh-keygen too). Invalid: a name other than letters, digits and '-', or longer than 16.
Result<KeyCertificate> certify_stick(const PrivateKey& root_key, const KeyCertificate& root, const PrivateKey& stick,
                                     std::string_view stick_name, std::int64_t now_s);

// The same for whoever answers for lots of machines: common name "responsable-claire@workshop".
Result<KeyCertificate> certify_responsable(const PrivateKey& root_key, const KeyCertificate& root,
                                           const PrivateKey& key, std::string_view name, std::int64_t now_s);
inline constexpr std::string_view kStickBeginning = "stick-";
inline constexpr std::string_view kResponsableBeginning = "responsable-";

// KeyStranger: not directly certified by this root. Nobody's clock is asked.
Result<void> check_certified_by(const KeyCertificate& certificate, const KeyCertificate& root);

// Stop::KeyUnreadable unless the certificate speaks of this key: the two files on a stick may come from two sticks.
Result<void> check_pair(const PrivateKey& key, const KeyCertificate& certificate);

// A key that signs, and whose it is.
struct SigningKey {
  const PrivateKey& key;
  const KeyCertificate& certificate;
};

}  // namespace relance
