#include "wiper/crypto/chain.h"

#include <openssl/x509_vfy.h>

#include "wiper/crypto/key_certificate.h"

namespace relance {

openssl::OwnedStore openssl::store_with(X509* root) {
  OwnedStore store(X509_STORE_new());
  require(store != nullptr && X509_STORE_add_cert(store.get(), root) == 1 &&
              X509_STORE_set_flags(store.get(), X509_V_FLAG_NO_CHECK_TIME) == 1 &&
              X509_STORE_set_depth(store.get(), 0) == 1 &&
              X509_STORE_set_purpose(store.get(), X509_PURPOSE_SMIME_SIGN) == 1,
          "no memory for a store of certificates");
  return store;
}

Result<void> openssl::check_chain(X509_STORE* store, X509* certificate) {
  const OwnedStoreContext context(X509_STORE_CTX_new());
  require(context != nullptr && X509_STORE_CTX_init(context.get(), store, certificate, nullptr) == 1,
          "no memory for a chain");
  if (X509_verify_cert(context.get()) == 1) return Done{};
  const int why = X509_STORE_CTX_get_error(context.get());
  ERR_clear_error();
  return Error{Errc::Refused, Stop::KeyStranger,
               std::string("not certified by this root: ") + X509_verify_cert_error_string(why)};
}

Result<void> check_certified_by(const KeyCertificate& certificate, const KeyCertificate& root) {
  openssl::start();
  const openssl::OwnedStore store = openssl::store_with(root.handle());
  return openssl::check_chain(store.get(), certificate.handle());
}

}  // namespace relance
