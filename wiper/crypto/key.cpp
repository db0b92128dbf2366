#include "wiper/crypto/key.h"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <utility>

#include "wiper/crypto/openssl.h"

namespace relance {
namespace {

using openssl::Owned;
using OwnedSealed = Owned<X509_SIG, X509_SIG_free>;  // EncryptedPrivateKeyInfo
using OwnedPkcs8 = Owned<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;
using OwnedPbe2 = Owned<PBE2PARAM, PBE2PARAM_free>;
using OwnedScrypt = Owned<SCRYPT_PARAMS, SCRYPT_PARAMS_free>;

constexpr std::size_t kLongestKeyFile = 16 * 1024;  // Ours have 390 bytes.

// OpenSSL refuses more than 32 MB of scrypt memory, which is N = 16384 with r = 8; a larger p makes up for it in time.
// Reading allows up to these and no more: a file must not be able to keep a PC busy for a week.
constexpr std::uint64_t kScryptN = 16384;
constexpr std::uint64_t kScryptR = 8;
constexpr std::uint64_t kScryptP = 8;

Error unreadable(std::string why) { return {Errc::Corrupt, Stop::KeyUnreadable, "key file: " + std::move(why)}; }

bool at_most(const ASN1_INTEGER* number, std::uint64_t limit) {
  std::uint64_t value = 0;
  return number != nullptr && ASN1_INTEGER_get_uint64(&value, number) == 1 && value <= limit;
}

template <class Structure>
Structure* unpacked(const X509_ALGOR* algorithm, const ASN1_ITEM* item, int wanted_nid) {
  const ASN1_OBJECT* identifier = nullptr;
  int type = 0;
  const void* parameter = nullptr;
  X509_ALGOR_get0(&identifier, &type, &parameter, algorithm);
  if (OBJ_obj2nid(identifier) != wanted_nid || type != V_ASN1_SEQUENCE) return nullptr;
  return static_cast<Structure*>(ASN1_item_unpack(static_cast<const ASN1_STRING*>(parameter), item));
}

// PBES2 with scrypt within our limits and AES-256-CBC, as to_pem() writes it; asked before any work is spent on it.
bool is_sealed_our_way(const X509_SIG* sealed) {
  const X509_ALGOR* algorithm = nullptr;
  X509_SIG_get0(sealed, &algorithm, nullptr);
  const OwnedPbe2 pbe2(unpacked<PBE2PARAM>(algorithm, ASN1_ITEM_rptr(PBE2PARAM), NID_pbes2));
  if (pbe2 == nullptr) return false;
  const OwnedScrypt scrypt(unpacked<SCRYPT_PARAMS>(pbe2->keyfunc, ASN1_ITEM_rptr(SCRYPT_PARAMS), NID_id_scrypt));
  const ASN1_OBJECT* cipher = nullptr;
  X509_ALGOR_get0(&cipher, nullptr, nullptr, pbe2->encryption);
  return scrypt != nullptr && at_most(scrypt->costParameter, kScryptN) && at_most(scrypt->blockSize, kScryptR) &&
         at_most(scrypt->parallelizationParameter, kScryptP) && OBJ_obj2nid(cipher) == NID_aes_256_cbc;
}

}  // namespace

PrivateKey PrivateKey::make() {
  openssl::start();
  PrivateKey key(EVP_EC_gen("P-256"));
  require(key.handle_ != nullptr, "no randomness for a new key");
  return key;
}

Result<PrivateKey> PrivateKey::open(std::span<const std::byte> pem, std::string_view passphrase) {
  openssl::start();
  if (pem.size() > kLongestKeyFile) return unreadable("too long");
  const openssl::OwnedBio bio = openssl::reader_of(pem);
  const OwnedSealed sealed(PEM_read_bio_PKCS8(bio.get(), nullptr, nullptr, nullptr));
  if (sealed == nullptr) return unreadable("no ENCRYPTED PRIVATE KEY in it (" + openssl::reason() + ")");
  if (!is_sealed_our_way(sealed.get()))
    return unreadable("not PBES2 with scrypt (N ≤ 16384, r ≤ 8, p ≤ 8) and AES-256-CBC");
  const OwnedPkcs8 opened(PKCS8_decrypt(sealed.get(), passphrase.data(), static_cast<int>(passphrase.size())));
  if (opened == nullptr) {
    return Error{Errc::Refused, Stop::KeyPassphrase,
                 "key file: the passphrase does not open it (" + openssl::reason() + ")"};
  }
  PrivateKey key(EVP_PKCS82PKEY(opened.get()));
  if (!openssl::is_p256(key.handle())) return unreadable("not a P-256 key");
  const Owned<EVP_PKEY_CTX, EVP_PKEY_CTX_free> checker(EVP_PKEY_CTX_new_from_pkey(nullptr, key.handle(), nullptr));
  if (checker == nullptr || EVP_PKEY_check(checker.get()) != 1)
    return unreadable("its two halves do not belong together");
  return key;
}

Bytes PrivateKey::to_pem(std::string_view passphrase) const {
  openssl::start();
  const OwnedPkcs8 plain(EVP_PKEY2PKCS8(handle()));
  Owned<X509_ALGOR, X509_ALGOR_free> seal(PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), nullptr, 0, nullptr, kScryptN,
                                                                kScryptR, kScryptP));  // Salt and IV drawn inside.
  require(plain != nullptr && seal != nullptr, "a key cannot be sealed");
  const OwnedSealed sealed(
      PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), seal.get()));
  require(sealed != nullptr, "a key cannot be sealed");
  (void)seal.release();  // set0: it belongs to `sealed` now.
  const openssl::OwnedBio bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr && PEM_write_bio_PKCS8(bio.get(), sealed.get()) == 1, "no memory for a key file");
  return openssl::written_to(*bio);
}

void PrivateKey::Free::operator()(evp_pkey_st* key) const { EVP_PKEY_free(key); }

}  // namespace relance
