#include "wiper/crypto/hash.h"

#include "wiper/base/result.h"
#include "wiper/crypto/openssl.h"

namespace relance {
namespace {

// Fetched once: an implicit fetch takes the library's lock at each call.
const EVP_MD* sha256_method() {
  openssl::start();
  static EVP_MD* const method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(method != nullptr, "this OpenSSL has no SHA-256");
  return method;
}

unsigned char* raw(Sha256Digest& digest) { return reinterpret_cast<unsigned char*>(digest.data()); }

}  // namespace

Sha256Digest sha256(std::span<const std::byte> bytes) {
  Sha256Digest digest{};
  require(EVP_Digest(bytes.data(), bytes.size(), raw(digest), nullptr, sha256_method(), nullptr) == 1,
          "SHA-256 failed");
  return digest;
}

Sha256::Sha256() : context_(EVP_MD_CTX_new()) {
  require(context_ != nullptr && EVP_DigestInit_ex2(context_.get(), sha256_method(), nullptr) == 1,
          "SHA-256 does not start");
}

void Sha256::update(std::span<const std::byte> bytes) {
  require(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-256 failed");
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest{};
  require(EVP_DigestFinal_ex(context_.get(), raw(digest), nullptr) == 1, "SHA-256 failed");
  require(EVP_DigestInit_ex2(context_.get(), sha256_method(), nullptr) == 1, "SHA-256 does not start");
  return digest;
}

void Sha256::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

}  // namespace relance
