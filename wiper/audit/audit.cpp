#include "wiper/audit/audit.h"

#include <algorithm>
#include <set>

#include "wiper/audit/bordereau_pdf.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

using Paths = std::set<std::string>;

// A certificate with what lies beside it.
struct FilesOfOne {
  std::string path;
  bool has_cms = false;
  bool has_ssh = false;
};

AuditedCertificate audit_files(const FilesOfOne& files, const ReadFile& read, const Trust& trust) {
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
  return audit_certificate(files.path, text.value(), cms.value(), trust, files.has_ssh ? &ssh.value() : nullptr);
}

// A page, and that nothing beside it is another certificate's.
AuditedCertificate audit_page(const std::string& path, const Paths& all, const ReadFile& read, const Trust& trust) {
  AuditedCertificate audited;
  audited.path = path;
  const Result<Bytes> file = read(path);
  if (!file.ok()) {
    refuse(audited, file.error());
    return audited;
  }
  audited = audit_pdf(path, file.value(), trust);
  if (audited.worth == Worth::Refused) return audited;
  const Result<SignedPdf> pdf = read_certificate_pdf(file.value());
  const std::string name = path.substr(0, path.size() - kPdfEnding.size());
  constexpr std::array kEndings = {kCertificateEnding, kSignatureEnding, kSshSignatureEnding};
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    const std::string beside = name + std::string(kEndings[i]);
    if (!all.contains(beside)) continue;
    const Result<Bytes> bytes = read(beside);
    if (bytes.ok() && bytes.value() == pdf.value().attachments[i]) continue;
    refuse(audited, {Errc::Corrupt, Stop::CertificateWrong,
                     "certificate: what is attached to it is not what lies beside it: " + std::string(kEndings[i])});
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

std::vector<AuditedCertificate> audit_certificates(const Paths& all, const ReadFile& read, const Trust& trust) {
  std::vector<AuditedCertificate> audited;
  for (const std::string& path : all) {
    const std::string signed_file = file_signed_by(path);
    if (is_ledger(path) || is_lost_sticks(signed_file) || is_bordereau(path)) continue;
    if (path.ends_with(kPdfEnding))
      audited.push_back(audit_page(path, all, read, trust));
    else if (signed_file == path)
      audited.push_back(audit_files({path, all.contains(path + ".p7s"), all.contains(path + ".sig")}, read, trust));
    else if (!all.contains(signed_file))
      audited.push_back(lone_signature(path));
  }
  return audited;
}

// All that is looked at, and what is said of it.
class Audit {
 public:
  Audit(const ReadFile& read, const KeyCertificate& root, const AuditOptions& options)
      : read_(read), trust_{.root = root, .accept_trials = options.accept_trials} {
    evidence_.heads = options.heads;
  }

  // First of all: whom to believe.
  void add_lists(const Paths& paths) {
    for (const std::string& path : paths) {
      if (!is_lost_sticks(path)) continue;
      Result<LostSticks> list = read_list(path);
      AuditedList audited{.path = path};
      if (list.ok()) {
        audited.worth = Worth::Good;
        audited.number = list.value().number;
        audited.lost = list.value().lost.size();
        trust_.revoked.add(std::move(list).value());
      } else {
        audited.stop = static_cast<std::uint64_t>(list.error().stop);
        audited.detail = without_controls(list.error().detail);
      }
      report_.lists.push_back(audited);
    }
  }

  void add(const Paths& paths) {
    report_.certificates = audit_certificates(paths, read_, trust_);
    add_ledgers(paths, false);
    add_claims(report_.certificates, false);
  }

  void add_lots(const Paths& paths) {
    for (const std::string& path : paths) {
      if (!is_bordereau(path) || !path.ends_with(kPdfEnding)) continue;
      const Result<Bytes> file = read_(path);
      report_.lots.push_back(audit_bordereau(path, file.ok() ? file.value() : Bytes(), trust_));
    }
  }

  // A witness that is none is refused like a file that was asked about; else it is only listened to.
  void add_witnesses(const Paths& paths) {
    add_ledgers(paths, true);
    const std::vector<AuditedCertificate> witnesses = audit_certificates(paths, read_, trust_);
    add_claims(witnesses, true);
    for (const AuditedCertificate& each : witnesses)
      if (each.worth == Worth::Refused) report_.certificates.push_back(each);
  }

  AuditReport conclude() {
    LedgerAudit ledgers = audit_ledgers(evidence_, trust_);
    std::ranges::move(ledgers.ledgers, std::back_inserter(report_.ledgers));
    report_.findings = std::move(ledgers.findings);
    const bool is_empty = report_.certificates.empty() && report_.ledgers.empty() && report_.lots.empty();
    report_.worth = is_empty ? Worth::Refused : Worth::Good;
    for (const auto& each : report_.certificates) report_.worth = std::max(report_.worth, each.worth);
    for (const auto& each : report_.ledgers) report_.worth = std::max(report_.worth, each.worth);
    for (const auto& each : report_.lots) report_.worth = std::max(report_.worth, each.worth);
    for (const auto& each : report_.lists) report_.worth = std::max(report_.worth, each.worth);
    for (const auto& each : report_.findings) report_.worth = std::max(report_.worth, worth_of(each.kind));
    return std::move(report_);
  }

 private:
  Result<LostSticks> read_list(const std::string& path) {
    const Bytes text = TRY(read_(path));
    const Bytes signature = TRY(read_(path + ".p7s"));
    return read_lost_sticks(text, signature, trust_.root);
  }

  // One that cannot be read is refused under its name.
  void add_ledgers(const Paths& paths, bool are_witnesses) {
    for (const std::string& path : paths) {
      if (!is_ledger(path)) continue;
      Result<Bytes> text = read_(path);
      if (text.ok())
        evidence_.files.push_back({path, std::move(text).value(), are_witnesses});
      else
        report_.ledgers.push_back({.path = path,
                                   .stop = static_cast<std::uint64_t>(text.error().stop),
                                   .detail = without_controls(text.error().detail)});
    }
  }

  void add_claims(const std::vector<AuditedCertificate>& certificates, bool are_witnesses) {
    for (const AuditedCertificate& each : certificates) {
      if (!each.claim) continue;
      evidence_.claims.push_back(*each.claim);
      evidence_.claims.back().path = each.path;
      evidence_.claims.back().is_witness = are_witnesses;
    }
  }

  const ReadFile& read_;
  Trust trust_;
  LedgerEvidence evidence_;
  AuditReport report_;
};

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

std::string file_signed_by(const std::string& path) {
  for (const std::string_view ending : {kSignatureEnding, kSshSignatureEnding})
    if (path.ends_with(ending)) return path.substr(0, path.size() - ending.size()) + std::string(kCertificateEnding);
  return path;
}

AuditReport audit(std::span<const std::string> paths, const ReadFile& read, const KeyCertificate& root,
                  const AuditOptions& options) {
  const Paths all(paths.begin(), paths.end());
  const Paths kept_elsewhere(options.witnesses.begin(), options.witnesses.end());
  Audit audit(read, root, options);
  audit.add_lists(all);
  audit.add_lists(kept_elsewhere);
  audit.add(all);
  audit.add_lots(all);
  audit.add_witnesses(kept_elsewhere);
  return audit.conclude();
}

}  // namespace relance
