#pragma once
// One certificate, checked as a stranger would: with the root's certificate and nothing else of ours. Whatever is checked is
// hostile; nothing in it decides how it is checked.

#include <optional>
#include <span>
#include <string>

#include "wiper/audit/ledger_audit.h"
#include "wiper/audit/trust.h"
#include "wiper/certificate/publish.h"

namespace relance {

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

// Nothing that it says may be believed.
void refuse(AuditedCertificate& audited, const Error& error);
// The number is named even if nothing else may be believed: a person must find the machine. Empty: it has none.
std::string readable_number(std::span<const std::byte> json);
// What comes from a stranger, for a terminal.
std::string without_controls(std::string text);

// One certificate: the signature against the root, then what it says against itself, its name (only the last part of the
// path) and the signing time. An SSH signature that lies beside it must be of the same key. Pure.
AuditedCertificate audit_certificate(const std::string& path, std::span<const std::byte> text,
                                     std::span<const std::byte> signature, const Trust& trust,
                                     const Bytes* ssh_signature = nullptr);

// The page with all that is attached to it: its own signature over the whole file, then what is inside as above, by the
// same signer at the same time. Pure.
AuditedCertificate audit_pdf(const std::string& path, std::span<const std::byte> file, const Trust& trust);

}  // namespace relance
