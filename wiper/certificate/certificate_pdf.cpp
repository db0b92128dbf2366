#include "wiper/certificate/certificate_pdf.h"

#include <algorithm>

#include "wiper/base/version.h"
#include "wiper/certificate/certificate_page.h"
#include "wiper/certificate/publish.h"
#include "wiper/certificate/qr_code.h"
#include "wiper/crypto/cose.h"

namespace relance {
namespace {

constexpr std::size_t kLongestInQr =
    40;  // Of each text: a code of more squares than a phone reads from paper helps nobody.

constexpr std::ptrdiff_t kHeadBytesInQr = 8;

// Whole letters only.
std::string cut(const std::string& text) {
  std::size_t size = std::min(text.size(), kLongestInQr);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::string verdict_in_name(const Certificate& certificate) {
  return verdict_word(certificate) + (certificate.is_trial() ? "_" + std::string(kTrialMark) : "");
}

Attachments attachments_of(std::span<const std::byte> text, std::span<const std::byte> cms,
                           std::span<const std::byte> ssh) {
  return {Attachment{kAttachedText, "application/json", "Source", text},
          Attachment{kAttachedCms, "application/pkcs7-signature", "Supplement", cms},
          Attachment{kAttachedSsh, "text/plain", "Supplement", ssh}};
}

}  // namespace

std::string qr_words(const Certificate& certificate, const PaperWish& wish, std::string_view text_sha256) {
  if (!wish.verify_url.empty()) return wish.verify_url;
  std::string words = verdict_in_name(certificate) + " " + certificate.number + " " + cut(certificate.drive.serial) +
                      " " + certificate.times.certificate + " SHA-256 " + std::string(text_sha256.substr(0, 16));
  std::ranges::replace(words, '#', '-');  // What stands behind it is the statement.
  return words + " ";
}

Bytes qr_claims(const Certificate& certificate, std::int64_t signing_time_s, const Sha256Digest& text_sha256) {
  std::vector<CborClaim> claims = {CborClaim{1, certificate.number},
                                   CborClaim{2, verdict_in_name(certificate)},
                                   CborClaim{3, static_cast<std::uint64_t>(std::max<std::int64_t>(0, signing_time_s))},
                                   CborClaim{4, cut(certificate.machine.serial)},
                                   CborClaim{5, cut(certificate.drive.serial)},
                                   CborClaim{6, cut(certificate.drive.model)},
                                   CborClaim{7, certificate.erase.method},
                                   CborClaim{8, certificate.drive.size_bytes},
                                   CborClaim{9, Bytes(text_sha256.begin(), text_sha256.end())}};
  if (const std::optional<CertifiedLedger>& ledger = certificate.ledger) {
    claims.push_back({10, ledger->rank});
    claims.push_back({11, Bytes(ledger->previous.begin(), ledger->previous.begin() + kHeadBytesInQr)});
  }
  return cbor_map(claims);
}

Result<Bytes> certificate_pdf(const Certificate& certificate, const SignedCertificate& contents, const PaperWish& wish,
                              std::int64_t signing_time_s, const SigningKey& signer) {
  const Sha256Digest digest = sha256(as_bytes(contents.text));
  const std::string hash = to_hex(digest);
  const Bytes statement = cose_sign1(qr_claims(certificate, signing_time_s, digest), signer.key, signer.certificate);
  const std::vector<std::string> qr = TRY(qr_code(qr_words(certificate, wish, hash) + "#", to_decimal(statement)));
  const std::string signed_by = signer.certificate.common_name();
  const PdfCanvas page = certificate_page(certificate, {.language = wish.language,
                                                        .signer = signed_by,
                                                        .text_sha256 = hash,
                                                        .root_fingerprint = wish.root_fingerprint,
                                                        .qr = qr});
  PdfRequest request{.title = certificate.title + (certificate.number.empty() ? "" : " – " + certificate.number),
                     .language = std::string(name_of(wish.language)),
                     .iso_time = certificate.times.certificate,
                     .signer = signed_by,
                     .producer = "Relance " + std::string(version()),
                     .file_id = {},
                     .signature_box = kSignatureBox};
  std::copy_n(digest.begin(), request.file_id.size(), request.file_id.begin());
  const Attachments attachments = attachments_of(as_bytes(contents.text), contents.cms, as_bytes(contents.ssh));
  Bytes file = unsigned_pdf(request, page, attachments);
  const SignedPdf read = TRY(read_pdf(file, attachments));
  const Bytes signature = TRY(cms_sign(read.covered, signer.key, signer.certificate, signing_time_s));
  return with_signature(std::move(file), signature);
}

Result<SignedPdf> read_certificate_pdf(std::span<const std::byte> file) {
  return read_pdf(file, attachments_of({}, {}, {}));
}

}  // namespace relance
