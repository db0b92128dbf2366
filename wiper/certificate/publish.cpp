#include "wiper/certificate/publish.h"

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

}  // namespace

std::string certificate_name(const Certificate& certificate) {
  const std::string number = certificate.number.empty() ? "SANS-NUMERO" : file_name_part(certificate.number);
  std::string name =
      number + "_" + file_name_part(certificate.drive.serial) + "_" + std::string(name_of(certificate.verdict));
  if (certificate.is_trial()) name += "_" + std::string(kTrialMark);
  return name;
}

std::string certificate_folder(const Certificate& certificate) {
  return std::string(kCertificateFolder) + "/" + file_name_part(certificate.times.certificate.substr(0, 7));
}

Result<PublishedCertificate> publish_certificate(Store& stick, const Certificate& certificate,
                                                 std::int64_t signing_time_s, const SigningKey& signer) {
  if (certificate.times.certificate != iso_time(signing_time_s))
    return Error{Errc::Invalid, Stop::Internal, "a certificate is signed with the time it states"};
  const std::string text = certificate_text(certificate);
  // What we write we can read: said before it is signed, not by an auditor in ten years.
  TRY(parse_certificate(text));
  const Bytes signature = TRY(cms_sign(as_bytes(text), signer.key, signer.certificate, signing_time_s));
  const std::string ssh_signature = sshsig_sign(as_bytes(text), kSshNamespace, signer.key, signer.certificate);

  const std::string base = certificate_folder(certificate) + "/" + certificate_name(certificate);
  for (unsigned attempt = 1; attempt <= kMostOfOneName; ++attempt) {
    const std::string name = numbered(base, attempt);
    const PublishedCertificate published{name + std::string(kCertificateEnding), name + std::string(kSignatureEnding),
                                         to_hex(sha256(as_bytes(text)))};
    if (stick.exists(published.file)) continue;
    const Result<void> signature_published = stick.publish(published.signature_file, signature);
    if (is_taken(signature_published)) continue;
    TRY(signature_published);
    TRY(stick.publish(name + std::string(kSshSignatureEnding), as_bytes(ssh_signature)));
    TRY(stick.publish(published.file, as_bytes(text)));
    return published;
  }
  return Error{Errc::Refused, Stop::RecordTaken, base + ": all names are taken"};
}

}  // namespace relance
