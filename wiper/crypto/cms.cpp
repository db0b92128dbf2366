#include "wiper/crypto/cms.h"

#include <algorithm>
#include <utility>

#include "wiper/crypto/chain.h"
#include "wiper/crypto/openssl.h"

namespace relance {
namespace {

using openssl::Owned;
using openssl::OwnedCms;

constexpr std::size_t kLongestSignature = 64 * 1024;  // Ours have 1.1 kB.
constexpr int kMostCertificates = 1;                  // The signer's.

void free_borrowed_list(STACK_OF(X509) * list) { sk_X509_free(list); }
void free_list(STACK_OF(X509) * list) { sk_X509_pop_free(list, X509_free); }
using BorrowedList = Owned<STACK_OF(X509), free_borrowed_list>;
using OwnedList = Owned<STACK_OF(X509), free_list>;

Error not_a_signature(std::string why) { return {Errc::Corrupt, Stop::SignatureWrong, "CMS: " + std::move(why)}; }

bool set_signing_time(CMS_SignerInfo* signer, std::int64_t signing_time_s) {
  const openssl::OwnedTime time = openssl::time_from_seconds(signing_time_s);
  return time != nullptr && CMS_signed_add1_attr_by_NID(signer, NID_pkcs9_signingTime, time->type, time.get(), -1) == 1;
}

Result<OwnedCms> read_der(std::span<const std::byte> signature) {
  if (signature.size() > kLongestSignature) return not_a_signature("too long");
  const auto* const first = reinterpret_cast<const unsigned char*>(signature.data());
  const unsigned char* end = first;
  OwnedCms cms(d2i_CMS_ContentInfo(nullptr, &end, static_cast<long>(signature.size())));
  if (cms == nullptr) return not_a_signature("not its DER (" + openssl::reason() + ")");
  if (end != first + signature.size()) return not_a_signature("something stands behind its end");
  // One signature has one spelling: BER's other ways of writing the same are refused.
  const openssl::OwnedBio der(BIO_new(BIO_s_mem()));
  const bool encoded = der != nullptr && i2d_CMS_bio(der.get(), cms.get()) == 1;
  if (!encoded || !std::ranges::equal(openssl::written_to(*der), signature)) return not_a_signature("not in DER");
  return cms;
}

bool uses_algorithm(const X509_ALGOR* algorithm, int nid) {
  const ASN1_OBJECT* identifier = nullptr;
  X509_ALGOR_get0(&identifier, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(identifier) == nid;
}

// The shape that cms_sign() writes, asked before any signature is computed.
Result<CMS_SignerInfo*> only_signer_of(CMS_ContentInfo* cms) {
  if (OBJ_obj2nid(CMS_get0_type(cms)) != NID_pkcs7_signed) return not_a_signature("not SignedData");
  if (CMS_is_detached(cms) != 1) return not_a_signature("content inside, where we want it detached");
  STACK_OF(CMS_SignerInfo)* const signers = CMS_get0_SignerInfos(cms);
  if (signers == nullptr || sk_CMS_SignerInfo_num(signers) != 1) return not_a_signature("not exactly one signer");
  CMS_SignerInfo* const signer = sk_CMS_SignerInfo_value(signers, 0);
  X509_ALGOR* digest = nullptr;
  X509_ALGOR* method = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, nullptr, &digest, &method);
  if (!uses_algorithm(digest, NID_sha256) || !uses_algorithm(method, NID_ecdsa_with_SHA256))
    return not_a_signature("another algorithm than ECDSA with SHA-256");
  return signer;
}

// The signer's certificate: carried inside, or the root itself.
Result<X509*> find_signer(CMS_ContentInfo* cms, CMS_SignerInfo* signer, X509* root) {
  const OwnedList carried(CMS_get1_certs(cms));
  if (carried != nullptr && sk_X509_num(carried.get()) > kMostCertificates)
    return not_a_signature("too many certificates inside");
  const BorrowedList root_alone(sk_X509_new_null());
  require(root_alone != nullptr && sk_X509_push(root_alone.get(), root) == 1, "no memory for a list of certificates");
  (void)CMS_set1_signers_certs(cms, root_alone.get(), 0);  // How many were found: asked of the signer itself below.
  X509* found = nullptr;
  CMS_SignerInfo_get0_algs(signer, nullptr, &found, nullptr, nullptr);
  if (found == nullptr) return Error{Errc::Refused, Stop::KeyStranger, "CMS: the signer's certificate is not inside"};
  // Nothing would cover another one: a bit of it could be flipped, and nobody would know.
  for (int i = 0; carried != nullptr && i < sk_X509_num(carried.get()); ++i)
    if (X509_cmp(sk_X509_value(carried.get(), i), found) != 0)
      return not_a_signature("a certificate inside that is not the signer's");
  return found;
}

// A DER value at the front: its contents, and what stands behind it.
struct Der {
  std::span<const std::byte> contents;
  std::span<const std::byte> rest;
};

Der first_value(std::span<const std::byte> der) {
  const auto* const first = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* contents = first;
  long size = 0;
  int tag = 0;
  int kind = 0;
  const int flags = ASN1_get_object(&contents, &size, &tag, &kind, static_cast<long>(der.size()));
  if ((flags & 0x80) != 0 || size < 0) return {};
  const auto header = static_cast<std::size_t>(contents - first);
  return {der.subspan(header, static_cast<std::size_t>(size)), der.subspan(header + static_cast<std::size_t>(size))};
}

void add(Bytes& bytes, std::span<const std::byte> more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

template <class Handle, class Encode>
void add_der(Bytes& bytes, const Handle* handle, Encode encode) {
  unsigned char* der = nullptr;
  const int size = encode(handle, &der);
  require(size > 0, "no memory for a DER value");
  add(bytes, std::as_bytes(std::span(der, static_cast<std::size_t>(size))));
  OPENSSL_free(der);
}

bool begins(std::span<const std::byte> bytes, std::span<const std::byte> with) {
  return bytes.size() >= with.size() && std::ranges::equal(bytes.first(with.size()), with);
}

// What no signature covers (versions, algorithms, content type, how the signer is named) as cms_sign() spells it: OpenSSL
// reads over a changed version, and compares names without regard to case.
bool is_spelled_as_ours(std::span<const std::byte> signature, X509* signer) {
  static const Bytes kHead = from_hex("020101310d300b0609608648016503040201300b06092a864886f70d010701").value();
  static const Bytes kVersion = from_hex("020101").value();
  static const Bytes kDigest = from_hex("300b0609608648016503040201").value();
  constexpr std::byte kCertificates{0xA0};
  const Der tagged = first_value(first_value(first_value(signature).contents).rest);  // Behind the type: [0].
  std::span<const std::byte> rest = first_value(tagged.contents).contents;
  if (!begins(rest, kHead)) return false;
  rest = rest.subspan(kHead.size());
  if (!rest.empty() && rest[0] == kCertificates) rest = first_value(rest).rest;  // find_signer() has compared it.
  const std::span<const std::byte> info = first_value(first_value(rest).contents).contents;

  Bytes name;
  add_der(name, X509_get_issuer_name(signer), i2d_X509_NAME);
  add_der(name, X509_get0_serialNumber(signer), i2d_ASN1_INTEGER);
  const Der named = first_value(info.size() > kVersion.size() ? info.subspan(kVersion.size()) : info);
  return begins(info, kVersion) && std::ranges::equal(named.contents, name) && begins(named.rest, kDigest);
}

// Nothing covers them either. One has a use: a timestamp over the signature, added later in the room that a PDF leaves.
bool has_strange_unsigned_attributes(CMS_SignerInfo* signer) {
  const int count = CMS_unsigned_get_attr_count(signer);
  if (count <= 0) return false;
  const ASN1_OBJECT* const object = X509_ATTRIBUTE_get0_object(CMS_unsigned_get_attr(signer, 0));
  return count > 1 || OBJ_obj2nid(object) != NID_id_smime_aa_timeStampToken;
}

Result<std::int64_t> signing_time_of(CMS_SignerInfo* signer) {
  const ASN1_OBJECT* const wanted = OBJ_nid2obj(NID_pkcs9_signingTime);
  const int index = CMS_signed_get_attr_by_OBJ(signer, wanted, -1);
  if (index < 0 || CMS_signed_get_attr_by_OBJ(signer, wanted, index) >= 0)
    return not_a_signature("not exactly one signing time");
  X509_ATTRIBUTE* const attribute = CMS_signed_get_attr(signer, index);
  if (X509_ATTRIBUTE_count(attribute) != 1) return not_a_signature("not exactly one signing time");
  const ASN1_TYPE* const value = X509_ATTRIBUTE_get0_type(attribute, 0);
  std::int64_t seconds = 0;
  const bool is_time = value != nullptr && (value->type == V_ASN1_UTCTIME || value->type == V_ASN1_GENERALIZEDTIME);
  if (!is_time || !openssl::seconds_from_time(value->value.asn1_string, seconds))
    return not_a_signature("its signing time is none");
  return seconds;
}

}  // namespace

Result<Bytes> cms_sign(std::span<const std::byte> bytes, const PrivateKey& key, const KeyCertificate& certificate,
                       std::int64_t signing_time_s) {
  constexpr unsigned kFlags = CMS_DETACHED | CMS_BINARY | CMS_NOSMIMECAP | CMS_PARTIAL | CMS_CADES;
  openssl::start();
  if (bytes.size() > openssl::kLongestRead) return Error{Errc::Invalid, Stop::Internal, "CMS: more than 1 GiB to sign"};
  TRY(check_pair(key, certificate));
  const openssl::OwnedBio content = openssl::reader_of(bytes);
  const OwnedCms cms(CMS_sign(nullptr, nullptr, nullptr, content.get(), kFlags));
  CMS_SignerInfo* const signer =
      cms == nullptr ? nullptr : CMS_add1_signer(cms.get(), certificate.handle(), key.handle(), EVP_sha256(), kFlags);
  // Our own signing time, before CMS_final() would add the PC's: OpenSSL keeps what is there.
  const openssl::OwnedBio der(BIO_new(BIO_s_mem()));
  const bool well = signer != nullptr && der != nullptr && set_signing_time(signer, signing_time_s) &&
                    CMS_final(cms.get(), content.get(), nullptr, kFlags) == 1 && i2d_CMS_bio(der.get(), cms.get()) == 1;
  if (!well) return Error{Errc::Invalid, Stop::Internal, "CMS: cannot sign: " + openssl::reason()};
  return openssl::written_to(*der);
}

Result<CmsSigner> cms_verify(std::span<const std::byte> bytes, std::span<const std::byte> signature,
                             const KeyCertificate& root) {
  openssl::start();
  if (bytes.size() > openssl::kLongestRead) return not_a_signature("of more than 1 GiB");
  const OwnedCms cms = TRY(read_der(signature));
  CMS_SignerInfo* const info = TRY(only_signer_of(cms.get()));
  X509* const signer = TRY(find_signer(cms.get(), info, root.handle()));
  if (!is_spelled_as_ours(signature, signer)) return not_a_signature("spelled otherwise than ours");
  if (has_strange_unsigned_attributes(info)) return not_a_signature("attributes that nobody signed");
  const openssl::OwnedStore store = openssl::store_with(root.handle());
  TRY(openssl::check_chain(store.get(), signer));
  if (!openssl::is_p256(X509_get0_pubkey(signer))) return not_a_signature("not by a P-256 key");

  // Once more by OpenSSL itself: attributes, signing-certificate-v2 against the chain, and the digest of the bytes.
  const openssl::OwnedBio content = openssl::reader_of(bytes);
  if (CMS_verify(cms.get(), nullptr, store.get(), content.get(), nullptr, CMS_BINARY | CMS_CADES) != 1)
    return Error{Errc::Refused, Stop::SignatureWrong, "CMS: does not fit these bytes: " + openssl::reason()};
  const std::int64_t signing_time_s = TRY(signing_time_of(info));
  X509_up_ref(signer);
  const KeyCertificate who(signer);
  return CmsSigner{who.common_name(), who.serial_hex(), who.fingerprint(), signing_time_s, public_point(who)};
}

}  // namespace relance
