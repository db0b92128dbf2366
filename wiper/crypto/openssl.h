#pragma once
// For the files of this folder only: OpenSSL started our way, and its handles as types with a destructor.

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

namespace relance::openssl {

template <auto Release>
struct Releaser {
  template <class Handle>
  void operator()(Handle* handle) const {
    Release(handle);
  }
};
template <class Handle, auto Release>
using Owned = std::unique_ptr<Handle, Releaser<Release>>;

using OwnedBio = Owned<BIO, BIO_free_all>;
using OwnedCipherContext = Owned<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using OwnedCms = Owned<CMS_ContentInfo, CMS_ContentInfo_free>;
using OwnedKdf = Owned<EVP_KDF, EVP_KDF_free>;
using OwnedKdfContext = Owned<EVP_KDF_CTX, EVP_KDF_CTX_free>;
using OwnedKey = Owned<EVP_PKEY, EVP_PKEY_free>;
using OwnedX509 = Owned<X509, X509_free>;

// Before any other call into the library, from every function that makes its first handle. Reads no openssl.cnf (what we
// sign must not depend on a file beside us) and forgets what an earlier caller left in the error queue.
void start();

// What the library says about its last failure, and an empty error queue.
std::string reason();

}  // namespace relance::openssl
