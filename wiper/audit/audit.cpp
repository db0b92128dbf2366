#include "wiper/audit/audit.h"

#include <algorithm>
#include <set>

#include "wiper/audit/contradiction.h"
#include "wiper/base/iso_time.h"
#include "wiper/crypto/sshsig.h"

namespace relance {
namespace {

std::string_view last_part(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

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

std::string without_controls(std::string text) {
  std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
  return text;
}

// The number is named even if nothing else may be believed: a person must find the machine.
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

Error wrong(std::string why) { return {Errc::Corrupt, Stop::CertificateWrong, "certificate: " + std::move(why)}; }

// What an authentic text says, if it may be believed.
Result<Certificate> believed(const std::string& path, std::string_view text, const CmsSigner& signer,
                             const AuditOptions& options) {
  Certificate certificate = TRY(parse_certificate(text));
  if (!is_named_after(last_part(path), certificate)) return wrong("its file has another name than its contents");
  if (certificate.times.certificate != iso_time(signer.signing_time_s))
    return wrong("signed at another time than it says");
  if (const auto contradiction = find_contradiction(certificate)) return wrong(*contradiction);
  if (certificate.is_trial() && !options.accept_trials)
    return Error{Errc::Refused, Stop::CertificateDemo,
                 "certificate: ESSAI: not of a physical drive, it proves nothing"};
  return certificate;
}

// A certificate with what lies beside it.
struct FilesOfOne {
  std::string path;
  bool has_cms = false;
  bool has_ssh = false;
};

AuditedCertificate audit_files(const FilesOfOne& files, const ReadFile& read, const KeyCertificate& root,
                               const AuditOptions& options) {
  AuditedCertificate audited;
  audited.path = files.path;
  const Result<Bytes> text = read(files.path);
  if (!text.ok()) {
    refuse(audited, text.error());
    return audited;
  }
  audited.number = readable_number(text.value());
  if (!files.has_cms) {
    refuse(audited, {Errc::Refused, Stop::SignatureWrong, "certificate: no signature beside it"});
    return audited;
  }
  const Result<Bytes> cms = read(files.path + ".p7s");
  const Result<Bytes> ssh = files.has_ssh ? read(files.path + ".sig") : Result<Bytes>(Bytes{});
  for (const Result<Bytes>* signature : {&cms, &ssh}) {
    if (signature->ok()) continue;
    refuse(audited, signature->error());
    return audited;
  }
  return audit_certificate(files.path, text.value(), cms.value(), root, options,
                           files.has_ssh ? &ssh.value() : nullptr);
}

// A page, and that nothing beside it is another certificate's.
AuditedCertificate audit_page(const std::string& path, const std::set<std::string>& all, const ReadFile& read,
                              const KeyCertificate& root, const AuditOptions& options) {
  AuditedCertificate audited;
  audited.path = path;
  const Result<Bytes> file = read(path);
  if (!file.ok()) {
    refuse(audited, file.error());
    return audited;
  }
  audited = audit_pdf(path, file.value(), root, options);
  if (audited.worth == Worth::Refused) return audited;
  const Result<SignedPdf> pdf = read_certificate_pdf(file.value());
  const std::string name = path.substr(0, path.size() - kPdfEnding.size());
  constexpr std::array kEndings = {kCertificateEnding, kSignatureEnding, kSshSignatureEnding};
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    const std::string beside = name + std::string(kEndings[i]);
    if (!all.contains(beside)) continue;
    const Result<Bytes> bytes = read(beside);
    if (bytes.ok() && bytes.value() == pdf.value().attachments[i]) continue;
    refuse(audited, wrong("what is attached to it is not what lies beside it: " + std::string(kEndings[i])));
    audited.verdict.reset();
    return audited;
  }
  return audited;
}

AuditedCertificate lone_signature(const std::string& path) {
  AuditedCertificate audited;
  audited.path = path;
  audited.worth = Worth::Reserve;
  audited.detail = "a signature without its certificate: a power cut, or a file was taken away";
  return audited;
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
                     .sha256 = to_hex(sha256(text)),
                     .verdict = std::string(name_of(certificate.verdict)),
                     .place = *certificate.ledger,
                     .drive = {drive.model, drive.serial, drive.wwn},
                     .machine = {machine.maker, machine.product, machine.serial}};
}

std::vector<AuditedCertificate> audit_certificates(const std::set<std::string>& all, const ReadFile& read,
                                                   const KeyCertificate& root, const AuditOptions& options) {
  std::vector<AuditedCertificate> audited;
  for (const std::string& path : all) {
    const std::string signed_file = file_signed_by(path);
    if (is_ledger(path)) continue;
    if (path.ends_with(kPdfEnding))
      audited.push_back(audit_page(path, all, read, root, options));
    else if (signed_file == path)
      audited.push_back(
          audit_files({path, all.contains(path + ".p7s"), all.contains(path + ".sig")}, read, root, options));
    else if (!all.contains(signed_file))
      audited.push_back(lone_signature(path));
  }
  return audited;
}

// Ledgers among the files; one that cannot be read is refused under its name.
std::vector<LedgerFile> ledgers_in(const std::set<std::string>& all, const ReadFile& read, bool are_witnesses,
                                   AuditReport& report) {
  std::vector<LedgerFile> files;
  for (const std::string& path : all) {
    if (!is_ledger(path)) continue;
    Result<Bytes> text = read(path);
    if (text.ok())
      files.push_back({path, std::move(text).value(), are_witnesses});
    else
      report.ledgers.push_back({.path = path,
                                .stop = static_cast<std::uint64_t>(text.error().stop),
                                .detail = without_controls(text.error().detail)});
  }
  return files;
}

void add_claims(const std::vector<AuditedCertificate>& certificates, bool are_witnesses,
                std::vector<LedgerClaim>& claims) {
  for (const AuditedCertificate& each : certificates) {
    if (!each.claim) continue;
    claims.push_back(*each.claim);
    claims.back().path = each.path;
    claims.back().is_witness = are_witnesses;
  }
}

}  // namespace

bool is_ledger(const std::string& path) {
  const std::string_view name = last_part(path);
  return name.starts_with("registre-") && (name.ends_with(".txt") || name.ends_with(".bis"));
}

int exit_code(Worth worth) {
  switch (worth) {
    case Worth::Good:
      return 0;
    case Worth::Reserve:
      return 6;
    case Worth::Refused:
      return 4;
  }
  return 4;
}

AuditedCertificate audit_certificate(const std::string& path, std::span<const std::byte> text,
                                     std::span<const std::byte> signature, const KeyCertificate& root,
                                     const AuditOptions& options, const Bytes* ssh_signature) {
  AuditedCertificate audited;
  audited.path = path;
  audited.number = readable_number(text);
  const Result<CmsSigner> signer = cms_verify(text, signature, root);
  if (!signer.ok()) {
    refuse(audited, signer.error());
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
  const Result<Certificate> certificate = believed(path, as_text(text), signer.value(), options);
  if (!certificate.ok()) {
    refuse(audited, certificate.error());
    audited.trial = certificate.error().stop == Stop::CertificateDemo;
    return audited;
  }
  audited.verdict = certificate.value().verdict;
  audited.serial = certificate.value().drive.serial;
  audited.trial = certificate.value().is_trial();
  audited.worth = worth_of(certificate.value());
  audited.claim = claim_of(path, text, certificate.value(), signer.value());
  return audited;
}

AuditedCertificate audit_pdf(const std::string& path, std::span<const std::byte> file, const KeyCertificate& root,
                             const AuditOptions& options) {
  AuditedCertificate audited;
  audited.path = path;
  const Result<SignedPdf> pdf = read_certificate_pdf(file);
  if (!pdf.ok()) {
    refuse(audited, pdf.error());
    return audited;
  }
  const auto& [text, cms, ssh] = pdf.value().attachments;
  audited.number = readable_number(text);
  const Result<CmsSigner> signer = cms_verify(pdf.value().covered, pdf.value().signature, root);
  if (!signer.ok()) {
    refuse(audited, signer.error());
    return audited;
  }
  const std::string name = path.substr(0, path.size() - std::min(path.size(), kPdfEnding.size()));
  audited = audit_certificate(name + std::string(kCertificateEnding), text, cms, root, options, &ssh);
  audited.path = path;
  if (audited.worth == Worth::Refused) return audited;
  const Result<CmsSigner> inner = cms_verify(text, cms, root);
  if (inner.ok() && inner.value() == signer.value()) return audited;
  refuse(audited, wrong("the page and its data are not signed by the same key at the same time"));
  audited.verdict.reset();
  return audited;
}

std::string file_signed_by(const std::string& path) {
  for (const std::string_view ending : {kSignatureEnding, kSshSignatureEnding})
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size()) + std::string(kCertificateEnding);
  return path;
}

AuditReport audit(std::span<const std::string> paths, const ReadFile& read, const KeyCertificate& root,
                  const AuditOptions& options) {
  const std::set<std::string> all(paths.begin(), paths.end());
  const std::set<std::string> kept_elsewhere(options.witnesses.begin(), options.witnesses.end());
  AuditReport report{.worth = Worth::Good, .certificates = audit_certificates(all, read, root, options)};
  std::vector<LedgerFile> files = ledgers_in(all, read, false, report);
  std::vector<LedgerClaim> claims;
  add_claims(report.certificates, false, claims);

  // A witness that is none is refused like a file that was asked about; else it is only listened to.
  for (LedgerFile& witness : ledgers_in(kept_elsewhere, read, true, report)) files.push_back(std::move(witness));
  const std::vector<AuditedCertificate> witnesses = audit_certificates(kept_elsewhere, read, root, options);
  add_claims(witnesses, true, claims);
  for (const AuditedCertificate& each : witnesses)
    if (each.worth == Worth::Refused) report.certificates.push_back(each);

  LedgerAudit ledgers = audit_ledgers(files, claims, root);
  std::ranges::move(ledgers.ledgers, std::back_inserter(report.ledgers));
  report.findings = std::move(ledgers.findings);
  for (const AuditedCertificate& each : report.certificates) report.worth = std::max(report.worth, each.worth);
  for (const AuditedLedger& each : report.ledgers) report.worth = std::max(report.worth, each.worth);
  for (const AuditFinding& each : report.findings) report.worth = std::max(report.worth, worth_of(each.kind));
  if (report.certificates.empty() && report.ledgers.empty()) report.worth = Worth::Refused;
  return report;
}

}  // namespace relance
