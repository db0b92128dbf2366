#include "wiper/audit/audited_certificate.h"

#include <algorithm>

#include "wiper/audit/contradiction.h"
#include "wiper/base/iso_time.h"
#include "wiper/crypto/sshsig.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

// NAME.json, or NAME_2.json to NAME_99.json.
bool is_named_after(std::string_view file, const Certificate& certificate) {
  const std::string name = certificate_name(certificate);
  if (!file.starts_with(name) || !file.ends_with(kCertificateEnding)) return false;
  file.remove_prefix(name.size());
  file.remove_suffix(kCertificateEnding.size());
  if (file.empty()) return true;
  if (file[0] != '_' || file.size() > 3 || file.size() < 2 || file[1] == '0') return false;
  return std::ranges::all_of(file.substr(1), [](char c) { return c >= '0' && c <= '9'; });
}

Error wrong(std::string why) { return {Errc::Corrupt, Stop::CertificateWrong, "certificate: " + std::move(why)}; }

// What an authentic text says, if it may be believed.
Result<Certificate> believed(const std::string& path, std::string_view text, const CmsSigner& signer,
                             bool accept_trials) {
  Certificate certificate = TRY(parse_certificate(text));
  if (!is_named_after(last_part(path), certificate)) return wrong("its file has another name than its contents");
  if (certificate.times.certificate != iso_time(signer.signing_time_s))
    return wrong("signed at another time than it says");
  if (const auto contradiction = find_contradiction(certificate)) return wrong(*contradiction);
  if (certificate.is_trial() && !accept_trials)
    return Error{Errc::Refused, Stop::CertificateDemo,
                 "certificate: ESSAI: not of a physical drive, it proves nothing"};
  return certificate;
}

Worth worth_of(const Certificate& authentic) {
  const bool is_image_proven = !authentic.image || authentic.image->proven;
  return authentic.verdict == VerdictKind::Erased && is_image_proven ? Worth::Good : Worth::Reserve;
}

std::optional<LedgerClaim> claim_of(const std::string& path, std::span<const std::byte> text,
                                    const Certificate& certificate, const CmsSigner& signer) {
  if (!certificate.ledger) return std::nullopt;
  const CertifiedDrive& drive = certificate.drive;
  const MachineFacts& machine = certificate.machine;
  return LedgerClaim{.path = path,
                     .stick = signer.common_name,
                     .key = signer.fingerprint,
                     .sha256 = to_hex(sha256(text)),
                     .verdict = std::string(name_of(certificate.verdict)),
                     .place = *certificate.ledger,
                     .drive = {drive.model, drive.serial, drive.wwn},
                     .machine = {machine.maker, machine.product, machine.serial}};
}

}  // namespace

std::string without_controls(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

std::string readable_number(std::span<const std::byte> bytes) {
  const Result<Value> tree = parse_json(as_text(bytes));
  if (!tree.ok()) return {};
  const Result<std::string> number = tree.value().text_at("number");
  if (!number.ok() || number.value().size() > 64) return {};
  return without_controls(number.value());
}

void refuse(AuditedCertificate& audited, const Error& error) {
  audited.worth = Worth::Refused;
  audited.stop = static_cast<std::uint64_t>(error.stop);
  audited.detail = without_controls(error.detail);  // It may quote what it refuses.
}

AuditedCertificate audit_certificate(const std::string& path, std::span<const std::byte> text,
                                     std::span<const std::byte> signature, const Trust& trust,
                                     const Bytes* ssh_signature) {
  AuditedCertificate audited;
  audited.path = path;
  audited.number = readable_number(text);
  const Result<CmsSigner> signer = cms_verify(text, signature, trust.root);
  if (!signer.ok()) {
    refuse(audited, signer.error());
    return audited;
  }
  if (!signer.value().common_name.starts_with(kStickBeginning)) {
    refuse(audited, wrong("not signed by a stick"));  // Who answers for lots has erased nothing.
    return audited;
  }
  const Result<void> ssh = ssh_signature == nullptr ? Result<void>()
                                                    : sshsig_verify(text, as_text(*ssh_signature), kSshNamespace,
                                                                    signer.value().public_point);
  if (!ssh.ok()) {
    refuse(audited, ssh.error());
    return audited;
  }
  audited.signer = signer.value().common_name;
  audited.signed_at = iso_time(signer.value().signing_time_s);
  const Result<Certificate> certificate = believed(path, as_text(text), signer.value(), trust.accept_trials);
  if (!certificate.ok()) {
    refuse(audited, certificate.error());
    audited.trial = certificate.error().stop == Stop::CertificateDemo;
    return audited;
  }
  const std::uint64_t rank = certificate.value().ledger ? certificate.value().ledger->rank : 0;
  const Result<void> kept = trust.revoked.check(signer.value().fingerprint, rank, to_hex(sha256(text)));
  if (!kept.ok()) {
    refuse(audited, kept.error());
    return audited;
  }
  audited.verdict = certificate.value().verdict;
  audited.serial = certificate.value().drive.serial;
  audited.trial = certificate.value().is_trial();
  audited.worth = worth_of(certificate.value());
  audited.claim = claim_of(path, text, certificate.value(), signer.value());
  return audited;
}

AuditedCertificate audit_pdf(const std::string& path, std::span<const std::byte> file, const Trust& trust) {
  AuditedCertificate audited;
  audited.path = path;
  const Result<SignedPdf> pdf = read_certificate_pdf(file);
  if (!pdf.ok()) {
    refuse(audited, pdf.error());
    return audited;
  }
  const auto& [text, cms, ssh] = pdf.value().attachments;
  audited.number = readable_number(text);
  const Result<CmsSigner> signer = cms_verify(pdf.value().covered, pdf.value().signature, trust.root);
  if (!signer.ok()) {
    refuse(audited, signer.error());
    return audited;
  }
  const std::string name = path.substr(0, path.size() - std::min(path.size(), kPdfEnding.size()));
  audited = audit_certificate(name + std::string(kCertificateEnding), text, cms, trust, &ssh);
  audited.path = path;
  if (audited.worth == Worth::Refused) return audited;
  const Result<CmsSigner> inner = cms_verify(text, cms, trust.root);
  if (inner.ok() && inner.value() == signer.value()) return audited;
  refuse(audited, wrong("the page and its data are not signed by the same key at the same time"));
  audited.verdict.reset();
  return audited;
}

}  // namespace relance
