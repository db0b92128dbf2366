#pragma once
// The certificate as one signed PDF: the page, certificat.json with its two signatures attached, a QR code with a signed
// statement, one signature over all of it.

#include "wiper/certificate/certificate.h"
#include "wiper/certificate/pdf_file.h"
#include "wiper/crypto/cms.h"

namespace relance {

inline constexpr std::string_view kAttachedText = "certificat.json";
inline constexpr std::string_view kAttachedCms = "certificat.json.p7s";
inline constexpr std::string_view kAttachedSsh = "certificat.json.sig";

// A certificate's text, as signed.
struct SignedCertificate {
  std::string text;
  Bytes cms;
  std::string ssh;
};

// How it is printed.
struct PaperWish {
  Language language = Language::French;
  std::string verify_url;        // Where a phone that reads the QR code is sent; empty: it shows the statement as text.
  std::string root_fingerprint;  // Of the workshop's root, 64 hex digits, or empty.
};

// What the QR code says, before '#': the address, or the statement in words. Behind it, in digits, a COSE_Sign1 over a map:
//   1 number · 2 verdict as in the file's name, ESSAI with it · 3 time, in seconds since 1970 · 4 machine's serial ·
//   5 drive's serial · 6 drive's model · 7 method · 8 drive's size in bytes · 9 SHA-256 of certificat.json ·
//   10 its rank in the stick's ledger · 11 the first 8 bytes of the line before's hash
std::string qr_words(const Certificate& certificate, const PaperWish& wish, std::string_view text_sha256);
Bytes qr_claims(const Certificate& certificate, std::int64_t signing_time_s, const Sha256Digest& text_sha256);

Result<Bytes> certificate_pdf(const Certificate& certificate, const SignedCertificate& contents, const PaperWish& wish,
                              std::int64_t signing_time_s, const SigningKey& signer);

// What is inside, its layout checked to the last byte; whether its signatures hold is asked by wiper/audit.
Result<SignedPdf> read_certificate_pdf(std::span<const std::byte> file);

}  // namespace relance
