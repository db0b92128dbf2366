#pragma once
// A certificate's place on the stick: CERTIFICATS/YYYY-MM/NUMBER_SERIAL_VERDICT.json, its signatures beside it: .json.p7s
// (CMS) and .json.sig (SSHSIG); and the page that holds all three, .pdf. Nothing is ever replaced: the same number again
// gets _2, _3…

#include <string>

#include "wiper/certificate/certificate_pdf.h"
#include "wiper/stick/store.h"

namespace relance {

inline constexpr std::string_view kCertificateEnding = ".json";
inline constexpr std::string_view kSignatureEnding = ".json.p7s";
inline constexpr std::string_view kSshSignatureEnding = ".json.sig";
inline constexpr std::string_view kPdfEnding = ".pdf";
inline constexpr std::string_view kSshNamespace = "certificat-effacement";

// "EFFACE", "RESERVE"…: what a file's name says. (Up to the second edition a reserve's name began with EFFACE.)
std::string verdict_word(const Certificate& certificate);
// "DEF-04217-8_7XK4M52_EFFACE", "…_EFFACE_ESSAI" for what is not a physical drive. Characters other than letters, digits
// and '-' become '-'; without a number it starts with SANS-NUMERO, without a serial INCONNU stands in its place.
std::string certificate_name(const Certificate& certificate);
// The month's folder: "CERTIFICATS/2026-11".
std::string certificate_folder(const Certificate& certificate);

struct PublishedCertificate {
  std::string file;  // "CERTIFICATS/2026-11/….json"
  std::string signature_file;
  std::string sha256;  // Of the file.
};

// Signs with the certificate's own time and writes all files, the signatures first: a certificate on the stick is never
// unsigned, and a power cut between them leaves a signature that claims nothing, or a certificate without its page. Each is synced and read back before
// it has its name (Store::publish). Errors: of the store; of cms_sign(); RecordTaken after kMostOfOneName of one name.
Result<PublishedCertificate> publish_certificate(Store& stick, const Certificate& certificate,
                                                 std::int64_t signing_time_s, const SigningKey& signer,
                                                 const PaperWish& wish = {});

// The certificate that a power cut left at that place of a ledger, before its line was written there: authentic and by this
// key. Its page is made if that is missing. Nothing: there is none. Looks at the newest month.
struct LeftCertificate {
  Certificate certificate;
  std::string sha256;
};
Result<std::optional<LeftCertificate>> find_left(Store& stick, std::uint64_t rank, const Sha256Digest& previous,
                                                 const KeyCertificate& root, const SigningKey& signer,
                                                 const PaperWish& wish);

// The certificate with that hash, in the newest month that has it; nothing: it is not on the stick.
Result<std::optional<PublishedCertificate>> find_certificate(Store& stick, const std::string& sha256);

inline constexpr unsigned kMostOfOneName =
    99;  // More certificates of one machine, drive and verdict in a month are a loop of ours.

}  // namespace relance
