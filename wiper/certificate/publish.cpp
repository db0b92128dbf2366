#include "wiper/certificate/publish.h"

#include <ranges>
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

// Authentic, and by this very key.
bool is_ours(const SignedCertificate& files, const KeyCertificate& root, const SigningKey& signer) {
  const Result<CmsSigner> signed_by = cms_verify(as_bytes(files.text), files.cms, root);
  return signed_by.ok() && signed_by.value().fingerprint == signer.certificate.fingerprint();
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

Result<std::optional<LeftCertificate>> find_left(Store& stick, std::uint64_t rank, const Sha256Digest& previous,
                                                 const KeyCertificate& root, const SigningKey& signer,
                                                 const PaperWish& wish) {
  using Found = std::optional<LeftCertificate>;
  const std::vector<std::string> months = TRY(stick.list(kCertificateFolder));
  if (months.empty()) return Found();
  const std::string folder = std::string(kCertificateFolder) + "/" + months.back();
  const std::string head = to_hex(previous);
  const std::vector<std::string> names = TRY(stick.list(folder));
  for (const std::string& name : names) {
    if (!name.ends_with(kCertificateEnding)) continue;
    const std::string base = folder + "/" + name.substr(0, name.size() - kCertificateEnding.size());
    const Bytes text = TRY(stick.read(base + std::string(kCertificateEnding)));
    if (as_text(text).find(head) == std::string_view::npos) continue;
    Result<Certificate> read = parse_certificate(as_text(text));
    if (!read.ok() || !read.value().ledger) continue;
    const CertifiedLedger& place = *read.value().ledger;
    if (place.rank != rank || place.previous != previous) continue;
    const Result<Bytes> cms = stick.read(base + std::string(kSignatureEnding));
    const Result<Bytes> ssh = stick.read(base + std::string(kSshSignatureEnding));
    if (!cms.ok() || !ssh.ok()) continue;
    const SignedCertificate files{std::string(as_text(text)), cms.value(), std::string(as_text(ssh.value()))};
    if (!is_ours(files, root, signer)) continue;
    if (!stick.exists(base + std::string(kPdfEnding))) {
      const std::int64_t signing_time_s = seconds_of(read.value().times.certificate).value_or(0);
      const Bytes page = TRY(certificate_pdf(read.value(), files, wish, signing_time_s, signer));
      TRY(stick.publish(base + std::string(kPdfEnding), page));
    }
    return Found(LeftCertificate{std::move(read).value(), to_hex(sha256(text))});
  }
  return Found();
}

Result<std::optional<PublishedCertificate>> find_certificate(Store& stick, const std::string& sha256) {
  std::vector<std::string> months = TRY(stick.list(kCertificateFolder));
  for (const std::string& month : std::views::reverse(months)) {
    const std::string folder = std::string(kCertificateFolder) + "/" + month;
    const std::vector<std::string> names = TRY(stick.list(folder));
    for (const std::string& name : names) {
      if (!name.ends_with(kCertificateEnding)) continue;
      const std::string file = folder + "/" + name;
      const Bytes text = TRY(stick.read(file));
      if (to_hex(relance::sha256(text)) != sha256) continue;
      return std::optional<PublishedCertificate>(PublishedCertificate{file, file + ".p7s", sha256});
    }
  }
  return std::optional<PublishedCertificate>();
}

}  // namespace relance
