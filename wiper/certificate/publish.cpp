#include "wiper/certificate/publish.h"

#include <utility>

#include "wiper/base/iso_time.h"
#include "wiper/crypto/hash.h"
#include "wiper/crypto/sshsig.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

std::string numbered(const std::string& name, unsigned attempt) {
  return attempt == 1 ? name : name + "_" + std::to_string(attempt);
}

bool is_taken(const Result<void>& published) { return !published.ok() && published.error().stop == Stop::RecordTaken; }

// All under one name, or RecordTaken if one of them has it.
Result<void> publish_all(Store& stick, const std::string& name,
                         std::span<const std::pair<std::string_view, std::span<const std::byte>>> files) {
  for (const auto& [ending, bytes] : files)
    if (stick.exists(name + std::string(ending))) return Error{Errc::Refused, Stop::RecordTaken, name};
  for (const auto& [ending, bytes] : files) TRY(stick.publish(name + std::string(ending), bytes));
  return Done{};
}

}  // namespace

std::string verdict_word(const Certificate& certificate) {
  constexpr std::uint64_t kReserveIsNoErasure = 3;
  if (certificate.version >= kReserveIsNoErasure && certificate.verdict == VerdictKind::ErasedWithReserve)
    return "RESERVE";
  return std::string(name_of(certificate.verdict));
}

std::string certificate_name(const Certificate& certificate) {
  const std::string number = certificate.number.empty() ? "SANS-NUMERO" : file_name_part(certificate.number);
  std::string name = number + "_" + file_name_part(certificate.drive.serial) + "_" + verdict_word(certificate);
  if (certificate.is_trial()) name += "_" + std::string(kTrialMark);
  return name;
}

std::string certificate_folder(const Certificate& certificate) {
  return std::string(kCertificateFolder) + "/" + file_name_part(certificate.times.certificate.substr(0, 7));
}

Result<PublishedCertificate> publish_certificate(Store& stick, const Certificate& certificate,
                                                 std::int64_t signing_time_s, const SigningKey& signer,
                                                 const PaperWish& wish) {
  if (certificate.times.certificate != iso_time(signing_time_s))
    return Error{Errc::Invalid, Stop::Internal, "a certificate is signed with the time it states"};
  SignedCertificate contents{.text = certificate_text(certificate), .cms = {}, .ssh = {}};
  // What we write we can read: said before it is signed, not by an auditor in ten years.
  TRY(parse_certificate(contents.text));
  contents.cms = TRY(cms_sign(as_bytes(contents.text), signer.key, signer.certificate, signing_time_s));
  contents.ssh = sshsig_sign(as_bytes(contents.text), kSshNamespace, signer.key, signer.certificate);
  const Bytes page = TRY(certificate_pdf(certificate, contents, wish, signing_time_s, signer));

  const std::string base = certificate_folder(certificate) + "/" + certificate_name(certificate);
  for (unsigned attempt = 1; attempt <= kMostOfOneName; ++attempt) {
    const std::string name = numbered(base, attempt);
    const std::array<std::pair<std::string_view, std::span<const std::byte>>, 4> files = {
        {{kSignatureEnding, contents.cms},
         {kSshSignatureEnding, as_bytes(contents.ssh)},
         {kCertificateEnding, as_bytes(contents.text)},
         {kPdfEnding, page}}};
    const Result<void> published = publish_all(stick, name, files);
    if (is_taken(published)) continue;
    TRY(published);
    return PublishedCertificate{name + std::string(kCertificateEnding), name + std::string(kSignatureEnding),
                                to_hex(sha256(as_bytes(contents.text)))};
  }
  return Error{Errc::Refused, Stop::RecordTaken, base + ": all names are taken"};
}

}  // namespace relance
