#pragma once
// Checking certificates as a stranger would: with the root's certificate and nothing else of ours. Whatever is checked is
// hostile; nothing in it decides how it is checked.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wiper/audit/ledger_audit.h"
#include "wiper/certificate/publish.h"

namespace relance {

// Gives a whole file, of a folder (gather.h), a stick (Store::read) or a test.
using ReadFile = std::function<Result<Bytes>(const std::string& path)>;

struct AuditOptions {
  bool accept_trials = false;  // --demo: certificates marked ESSAI count like others.
  std::vector<std::string>
      witnesses;  // Certificates and ledgers that were kept elsewhere: what they saw must still be there.
};

struct AuditedCertificate {
  std::string path;
  Worth worth = Worth::Refused;
  std::string number;                  // As soon as it could be read, authentic or not.
  std::optional<VerdictKind> verdict;  // Of authentic certificates only.
  std::string serial;
  std::string signer;  // Common name; empty unless the signature holds.
  std::string signed_at;
  bool trial = false;
  std::uint64_t stop = 0;            // STOP number of the refusal, 0 for none.
  std::string detail;                // English.
  std::optional<LedgerClaim> claim;  // Of authentic certificates whose edition knows a ledger.

  static constexpr auto fields() {
    return std::tuple{
        field("path", &AuditedCertificate::path),           field("worth", &AuditedCertificate::worth),
        field("number", &AuditedCertificate::number),       field("verdict", &AuditedCertificate::verdict),
        field("serial", &AuditedCertificate::serial),       field("signer", &AuditedCertificate::signer),
        field("signed_at", &AuditedCertificate::signed_at), field("trial", &AuditedCertificate::trial),
        field("stop", &AuditedCertificate::stop),           field("detail", &AuditedCertificate::detail)};
  }
  bool operator==(const AuditedCertificate&) const = default;
};

struct AuditReport {
  Worth worth = Worth::Refused;  // The worst of all; Refused if there was nothing to check.
  std::vector<AuditedCertificate> certificates;
  std::vector<AuditedLedger> ledgers;
  std::vector<AuditFinding> findings;

  static constexpr auto fields() {
    return std::tuple{field("worth", &AuditReport::worth), field("certificates", &AuditReport::certificates),
                      field("ledgers", &AuditReport::ledgers), field("findings", &AuditReport::findings)};
  }
  bool operator==(const AuditReport&) const = default;
};

// 0 all well, 6 authentic with reserves, 4 refused.
int exit_code(Worth worth);

// One certificate: the signature against the root, then what it says against itself, its name (only the last part of the
// path) and the signing time. An SSH signature that lies beside it must be of the same key. Pure.
AuditedCertificate audit_certificate(const std::string& path, std::span<const std::byte> text,
                                     std::span<const std::byte> signature, const KeyCertificate& root,
                                     const AuditOptions& options, const Bytes* ssh_signature = nullptr);

// The page with all that is attached to it: its own signature over the whole file, then what is inside as above, by the
// same signer at the same time. Pure.
AuditedCertificate audit_pdf(const std::string& path, std::span<const std::byte> file, const KeyCertificate& root,
                             const AuditOptions& options);

// Of a signature's path the path of what it signs; every other path is its own.
std::string file_signed_by(const std::string& path);

// "REGISTRE/registre-07.txt" or .bis, by its name.
bool is_ledger(const std::string& path);

// All of them: ledgers, which are held against the certificates, and these, each with the .p7s and the .sig of the same path; what is attached to a .pdf must be what lies beside it. A file that cannot be read is refused under its name.
AuditReport audit(std::span<const std::string> paths, const ReadFile& read, const KeyCertificate& root,
                  const AuditOptions& options);

}  // namespace relance
