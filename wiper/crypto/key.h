#pragma once
// The private keys we sign with: ECDSA P-256, at rest only under a passphrase. A key file comes from a stick that many
// hands have touched, so it is read as hostile: one format, bounded cost.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "wiper/base/bytes.h"

struct evp_pkey_st;

namespace relance {

class PrivateKey {
 public:
  // From the kernel's randomness, by OpenSSL.
  static PrivateKey make();

  // Reads what to_pem() wrote. Stop::KeyUnreadable: not such a file; Stop::KeyPassphrase: it does not open with this
  // passphrase (or its encrypted part is damaged: the two cannot be told apart). Takes 0.3 s on this year's PC: that is the lock.
  static Result<PrivateKey> open(std::span<const std::byte> pem, std::string_view passphrase);

  // PKCS#8 "ENCRYPTED PRIVATE KEY": PBES2, scrypt with N = 16384, r = 8, p = 8, AES-256-CBC.
  // `openssl pkey -in FILE` opens it.
  Bytes to_pem(std::string_view passphrase) const;

  evp_pkey_st* handle() const { return handle_.get(); }  // For this folder.

 private:
  struct Free {
    void operator()(evp_pkey_st* key) const;
  };
  explicit PrivateKey(evp_pkey_st* handle) : handle_(handle) {}
  std::unique_ptr<evp_pkey_st, Free> handle_;
};

}  // namespace relance
