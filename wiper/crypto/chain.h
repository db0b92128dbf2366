#pragma once
// For the files of this folder only: who certified a key, as OpenSSL is asked.

#include "wiper/base/result.h"
#include "wiper/crypto/openssl.h"

namespace relance::openssl {

// Trusts this root and nothing else; no clock, nobody between the root and who is asked about.
OwnedStore store_with(X509* root);
// KeyStranger: not directly certified by this root.
Result<void> check_chain(X509_STORE* store, X509* certificate);

}  // namespace relance::openssl
