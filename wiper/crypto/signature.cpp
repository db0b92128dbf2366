#include "wiper/crypto/signature.h"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>

#include "wiper/crypto/openssl.h"

namespace relance {
namespace {

using openssl::Owned;
using OwnedSignature = Owned<ECDSA_SIG, ECDSA_SIG_free>;
using OwnedDigest = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;

constexpr std::size_t kHalf = 32;  // Bytes of r, and of s.
constexpr std::size_t kLongestDer = 72;

unsigned char* raw(std::byte* bytes) { return reinterpret_cast<unsigned char*>(bytes); }
const unsigned char* raw(const std::byte* bytes) { return reinterpret_cast<const unsigned char*>(bytes); }

openssl::OwnedKey key_of(const PublicPoint& point) {
  std::string group = "prime256v1";
  PublicPoint copy = point;
  const std::array<OSSL_PARAM, 3> parameters = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group.data(), 0),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, copy.data(), copy.size()), OSSL_PARAM_construct_end()};
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  const bool well =
      context != nullptr && EVP_PKEY_fromdata_init(context.get()) == 1 &&
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters.data())) == 1;
  return well ? openssl::OwnedKey(key) : nullptr;
}

}  // namespace

PublicPoint public_point(const KeyCertificate& certificate) {
  openssl::start();
  PublicPoint point{};
  std::size_t size = 0;
  require(EVP_PKEY_get_octet_string_param(X509_get0_pubkey(certificate.handle()), OSSL_PKEY_PARAM_PUB_KEY,
                                          raw(point.data()), point.size(), &size) == 1 &&
              size == point.size() && point[0] == std::byte{4},
          "a key certificate is of an uncompressed P-256 key");
  return point;
}

RawSignature sign_raw(std::span<const std::byte> bytes, const PrivateKey& key) {
  openssl::start();
  const OwnedDigest context(EVP_MD_CTX_new());
  std::array<unsigned char, kLongestDer> der{};
  std::size_t size = der.size();
  require(context != nullptr &&
              EVP_DigestSignInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key.handle(), nullptr) == 1 &&
              EVP_DigestSign(context.get(), der.data(), &size, raw(bytes.data()), bytes.size()) == 1,
          "a P-256 key signs");
  const unsigned char* first = der.data();
  const OwnedSignature signature(d2i_ECDSA_SIG(nullptr, &first, static_cast<long>(size)));
  RawSignature both{};
  require(signature != nullptr && BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw(both.data()), kHalf) == kHalf &&
              BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw(both.data() + kHalf), kHalf) == kHalf,
          "an ECDSA signature is two numbers");
  return both;
}

bool holds_raw(std::span<const std::byte> bytes, const RawSignature& signature, const PublicPoint& point) {
  openssl::start();
  const openssl::OwnedKey key = key_of(point);
  const OwnedSignature pair(ECDSA_SIG_new());
  BIGNUM* const r = BN_bin2bn(raw(signature.data()), kHalf, nullptr);
  BIGNUM* const s = BN_bin2bn(raw(signature.data() + kHalf), kHalf, nullptr);
  require(pair != nullptr && r != nullptr && s != nullptr && ECDSA_SIG_set0(pair.get(), r, s) == 1,
          "no memory for a signature");
  unsigned char* der = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &der);
  const OwnedDigest context(EVP_MD_CTX_new());
  const bool holds =
      key != nullptr && size > 0 && context != nullptr &&
      EVP_DigestVerifyInit_ex(context.get(), nullptr, "SHA256", nullptr, nullptr, key.get(), nullptr) == 1 &&
      EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(size), raw(bytes.data()), bytes.size()) == 1;
  OPENSSL_free(der);
  ERR_clear_error();
  return holds;
}

std::string to_base64(std::span<const std::byte> bytes) {
  require(bytes.size() <= openssl::kLongestRead, "more bytes than OpenSSL encodes at once");
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // One more: OpenSSL ends it with a zero.
  const int size =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), raw(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0 || text.size() > openssl::kLongestRead) return std::nullopt;
  Bytes bytes(text.size() / 4 * 3);
  const int size = EVP_DecodeBlock(raw(bytes.data()), reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(size) - std::min(padding, static_cast<std::size_t>(size)));
  if (to_base64(bytes) != text) return std::nullopt;
  return bytes;
}

}  // namespace relance
