#include "wiper/crypto/key_certificate.h"

#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "wiper/crypto/openssl.h"

namespace relance {
namespace {

using openssl::Owned;
using openssl::OwnedX509;

constexpr std::size_t kLongestFile = 64 * 1024;
constexpr std::size_t kLongestWorkshop =
    40;  // A common name holds 64 (X.520 ub-common-name), "stick-" and "@" included.
constexpr std::size_t kLongestName = 64;
constexpr std::size_t kLongestStickName = 16;
constexpr int kRootYears = 20;
constexpr int kStickYears = 10;

// What a certificate may be used for. keyEncipherment and the like never: these keys only sign.
struct Extension {
  int nid;
  const char* value;
};
constexpr std::array kRootExtensions = {
    Extension{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
    // digitalSignature and nonRepudiation too: the workshop signs its master images with this key.
    Extension{NID_key_usage, "critical,keyCertSign,cRLSign,digitalSignature,nonRepudiation"},
    Extension{NID_subject_key_identifier, "hash"},
    Extension{NID_authority_key_identifier, "keyid:always"},
};
constexpr std::array kStickExtensions = {
    Extension{NID_basic_constraints, "critical,CA:FALSE"},
    Extension{NID_key_usage, "critical,digitalSignature,nonRepudiation"},
    // documentSigning is what Firefox wants to see, emailProtection what openssl's default purpose wants.
    Extension{NID_ext_key_usage, "1.3.6.1.5.5.7.3.36,emailProtection"},
    Extension{NID_subject_key_identifier, "hash"},
    Extension{NID_authority_key_identifier, "keyid:always"},
};

// The same day and hour so many years on; 29 February becomes the 28th.
std::int64_t years_later(std::int64_t seconds, int years) {
  using namespace std::chrono;
  const sys_seconds moment{std::chrono::seconds(seconds)};
  const sys_days day = floor<days>(moment);
  year_month_day date = year_month_day(day) + std::chrono::years(years);
  if (!date.ok()) date = date.year() / date.month() / last;
  return (sys_days(date) + (moment - day)).time_since_epoch().count();
}

bool set_random_serial(X509* certificate) {
  std::array<unsigned char, 16> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) return false;
  random[0] =
      static_cast<unsigned char>((random[0] & 0x7F) | 0x40);  // Positive, and never a leading zero to be dropped.
  const Owned<BIGNUM, BN_free> number(BN_bin2bn(random.data(), random.size(), nullptr));
  return number != nullptr && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_validity(X509* certificate, std::int64_t from_s, int years) {
  const openssl::OwnedTime from = openssl::time_from_seconds(from_s);
  const openssl::OwnedTime until = openssl::time_from_seconds(years_later(from_s, years));
  return from != nullptr && until != nullptr && X509_set1_notBefore(certificate, from.get()) == 1 &&
         X509_set1_notAfter(certificate, until.get()) == 1;
}

bool set_subject(X509* certificate, const std::string& common_name) {
  return X509_NAME_add_entry_by_NID(X509_get_subject_name(certificate), NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool add_extensions(X509* certificate, X509* issuer, std::span<const Extension> extensions) {
  X509V3_CTX context{};
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  return std::all_of(extensions.begin(), extensions.end(), [&](const Extension& wanted) {
    const Owned<X509_EXTENSION, X509_EXTENSION_free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, wanted.nid, wanted.value));
    return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
  });
}

struct Wish {
  std::string common_name;
  std::int64_t from_s = 0;
  int years = 0;
  std::span<const Extension> extensions;
};

// issuer null: it signs itself.
Result<KeyCertificate> make_certificate(const Wish& wish, const PrivateKey& subject_key, X509* issuer,
                                        const PrivateKey& issuer_key) {
  openssl::start();
  OwnedX509 made(X509_new());
  X509* const certificate = made.get();
  X509* const signer = issuer == nullptr ? certificate : issuer;
  const bool well =
      certificate != nullptr && X509_set_version(certificate, X509_VERSION_3) == 1 && set_random_serial(certificate) &&
      set_validity(certificate, wish.from_s, wish.years) && set_subject(certificate, wish.common_name) &&
      X509_set_issuer_name(certificate, X509_get_subject_name(signer)) == 1 &&
      X509_set_pubkey(certificate, subject_key.handle()) == 1 && add_extensions(certificate, signer, wish.extensions) &&
      X509_sign(certificate, issuer_key.handle(), EVP_sha256()) > 0;
  if (!well)
    return Error{Errc::Invalid, Stop::KeyUnreadable,
                 "cannot make the certificate \"" + wish.common_name + "\": " + openssl::reason()};
  return KeyCertificate(made.release());
}

Error unreadable(std::string why) { return {Errc::Corrupt, Stop::KeyUnreadable, "key certificate: " + std::move(why)}; }

// `certificate` null: the file was not one.
Result<KeyCertificate> of_our_kind(OwnedX509 certificate) {
  if (certificate == nullptr) return unreadable("no CERTIFICATE in it (" + openssl::reason() + ")");
  if (!openssl::is_p256(X509_get0_pubkey(certificate.get()))) return unreadable("not of a P-256 key");
  if (X509_get_signature_nid(certificate.get()) != NID_ecdsa_with_SHA256)
    return unreadable("not signed with ECDSA and SHA-256");
  return KeyCertificate(certificate.release());
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }
bool is_letter_or_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Result<KeyCertificate> certify(const SigningKey& root, const PrivateKey& key, std::string_view beginning,
                               std::string_view name, std::int64_t now_s) {
  const bool plain = std::all_of(name.begin(), name.end(), [](char c) { return is_letter_or_digit(c) || c == '-'; });
  if (name.empty() || name.size() > kLongestStickName || !plain)
    return Error{Errc::Invalid, Stop::Usage, "the name of a key has 1 to 16 letters, digits or '-'"};
  TRY(check_pair(root.key, root.certificate));
  std::string workshop = root.certificate.common_name();
  std::replace(workshop.begin(), workshop.end(), ' ', '-');
  if (beginning.size() + name.size() + 1 + workshop.size() > kLongestName)
    return Error{Errc::Invalid, Stop::Usage, "too long a name beside the workshop's: a common name has 64 letters"};
  return make_certificate({.common_name = std::string(beginning) + std::string(name) + "@" + workshop,
                           .from_s = now_s,
                           .years = kStickYears,
                           .extensions = kStickExtensions},
                          key, root.certificate.handle(), root.key);
}

}  // namespace

Result<KeyCertificate> KeyCertificate::open(std::span<const std::byte> pem) {
  openssl::start();
  if (pem.size() > kLongestFile) return unreadable("too long");
  const openssl::OwnedBio bio = openssl::reader_of(pem);
  return of_our_kind(OwnedX509(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)));
}

Result<KeyCertificate> KeyCertificate::open_der(std::span<const std::byte> der) {
  openssl::start();
  if (der.size() > kLongestFile) return unreadable("too long");
  const auto* first = reinterpret_cast<const unsigned char*>(der.data());
  KeyCertificate certificate = TRY(of_our_kind(OwnedX509(d2i_X509(nullptr, &first, static_cast<long>(der.size())))));
  if (!std::ranges::equal(certificate.to_der(), der)) return unreadable("not in DER");
  return certificate;
}

Bytes KeyCertificate::to_pem() const {
  openssl::start();
  const openssl::OwnedBio bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr && PEM_write_bio_X509(bio.get(), handle()) == 1, "no memory for a certificate file");
  return openssl::written_to(*bio);
}

Bytes KeyCertificate::to_der() const {
  openssl::start();
  const openssl::OwnedBio bio(BIO_new(BIO_s_mem()));
  require(bio != nullptr && i2d_X509_bio(bio.get(), handle()) == 1, "no memory for a certificate");
  return openssl::written_to(*bio);
}

std::string KeyCertificate::common_name() const {
  openssl::start();
  const X509_NAME* subject = X509_get_subject_name(handle());
  const int index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (index < 0) return {};
  unsigned char* utf8 = nullptr;
  const int size = ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, index)));
  if (size < 0) return {};
  std::string name(reinterpret_cast<const char*>(utf8), static_cast<std::size_t>(size));
  OPENSSL_free(utf8);
  std::replace_if(name.begin(), name.end(), is_control, '?');
  return name;
}

std::string KeyCertificate::serial_hex() const {
  const ASN1_INTEGER* serial = X509_get0_serialNumber(handle());
  return to_hex(
      std::as_bytes(std::span(ASN1_STRING_get0_data(serial), static_cast<std::size_t>(ASN1_STRING_length(serial)))));
}

std::int64_t KeyCertificate::not_before_s() const {
  openssl::start();
  std::int64_t seconds = 0;
  return openssl::seconds_from_time(X509_get0_notBefore(handle()), seconds) ? seconds : 0;
}

Sha256Digest KeyCertificate::fingerprint() const { return sha256(to_der()); }

void KeyCertificate::Free::operator()(x509_st* certificate) const { X509_free(certificate); }

Result<KeyCertificate> make_root_certificate(const PrivateKey& key, std::string_view workshop, std::int64_t now_s) {
  if (workshop.empty() || workshop.size() > kLongestWorkshop ||
      std::any_of(workshop.begin(), workshop.end(), is_control))
    return Error{Errc::Invalid, Stop::Usage, "a workshop's name has 1 to 40 bytes and no control characters"};
  return make_certificate(
      {.common_name = std::string(workshop), .from_s = now_s, .years = kRootYears, .extensions = kRootExtensions}, key,
      nullptr, key);
}

Result<KeyCertificate> certify_stick(const PrivateKey& root_key, const KeyCertificate& root, const PrivateKey& stick,
                                     std::string_view stick_name, std::int64_t now_s) {
  return certify({root_key, root}, stick, kStickBeginning, stick_name, now_s);
}

Result<KeyCertificate> certify_responsable(const PrivateKey& root_key, const KeyCertificate& root,
                                           const PrivateKey& key, std::string_view name, std::int64_t now_s) {
  return certify({root_key, root}, key, kResponsableBeginning, name, now_s);
}

Result<void> check_pair(const PrivateKey& key, const KeyCertificate& certificate) {
  openssl::start();
  if (X509_check_private_key(certificate.handle(), key.handle()) != 1)
    return Error{Errc::Invalid, Stop::KeyUnreadable, "key and key certificate do not belong together"};
  return Done{};
}

}  // namespace relance
