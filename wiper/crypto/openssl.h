#pragma once
// For the files of this folder only: OpenSSL started our way, and its handles as types with a destructor.

#include <openssl/bio.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/x509.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "wiper/base/bytes.h"

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
using OwnedStore = Owned<X509_STORE, X509_STORE_free>;
using OwnedStoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using OwnedTime = Owned<ASN1_TIME, ASN1_TIME_free>;
using OwnedX509 = Owned<X509, X509_free>;

// Before any other call into the library, from every function that makes its first handle. Reads no openssl.cnf (what we
// sign must not depend on a file beside us) and forgets what an earlier caller left in the error queue.
void start();

// What the library says about its last failure, and an empty error queue.
std::string reason();

// A BIO that reads these bytes where they lie. At most 1 GiB: OpenSSL counts them in an int.
inline constexpr std::size_t kLongestRead = std::size_t{1} << 30;
OwnedBio reader_of(std::span<const std::byte> bytes);
// What a memory BIO has been given.
Bytes written_to(BIO& memory);

// P-256 by its name, on the curve. Explicit curve parameters are a known way to fool a verifier.
bool is_p256(EVP_PKEY* key);

// Times without time_t, which is 32 bits in i386's libcrypto: seconds since 1970 ↔ ASN.1, for the years 1950 to 9999.
// UTCTime up to 2049 and GeneralizedTime after, as RFC 5280 and RFC 5652 want it. Null if the year is another.
OwnedTime time_from_seconds(std::int64_t seconds);
bool seconds_from_time(const ASN1_TIME* time, std::int64_t& seconds);

}  // namespace relance::openssl
