#pragma once
// Ledgers held against each other and against the certificates that name their lines: what was changed, and what is missing.

#include "wiper/audit/trust.h"
#include "wiper/audit/worth.h"
#include "wiper/certificate/certificate.h"
#include "wiper/ledger/ledger_text.h"

namespace relance {

struct AuditedLedger {
  std::string path;
  Worth worth = Worth::Refused;
  std::string stick;        // Common name of its key; empty unless all its signatures hold.
  Sha256Digest key{};       // Fingerprint of its certificate.
  Sha256Digest last{};      // Hash of its last line: `head`.
  std::uint64_t lines = 0;  // That could be believed.
  std::string head;         // SHA-256 of the last one: what a witness is told.
  std::uint64_t stop = 0;   // STOP number of the refusal, 0 for none.
  std::string detail;       // English.

  static constexpr auto fields() {
    return std::tuple{field("path", &AuditedLedger::path),    field("worth", &AuditedLedger::worth),
                      field("stick", &AuditedLedger::stick),  field("lines", &AuditedLedger::lines),
                      field("head", &AuditedLedger::head),    field("stop", &AuditedLedger::stop),
                      field("detail", &AuditedLedger::detail)};
  }
  bool operator==(const AuditedLedger&) const = default;
};

enum class FindingKind : std::uint8_t {
  Open,                   // A DEBUT that nothing has ended: another PC may be at it, or it was left.
  CertificateMissing,     // A line names one that is not among the files.
  CertificateNotEntered,  // Its line is the next one, and not there yet: the power went.
  CopyBehind,             // One file of a stick ends before the other.
  TailCut,                // Lines are gone that somebody has seen.
  Forked,                 // Two files of one stick go on differently.
  CertificateStranger,    // The line that it names says something else.
  Replayed,               // Of another drive or machine than what was begun.
  Twice,                  // Two certificates for one line.
  StickLost,              // Within the lines that stay good, but no ledger is here that says so.
};
template <>
struct EnumNames<FindingKind> {
  static constexpr std::array<std::string_view, 10> names{"open",
                                                          "certificate-missing",
                                                          "certificate-not-entered",
                                                          "copy-behind",
                                                          "tail-cut",
                                                          "forked",
                                                          "certificate-stranger",
                                                          "replayed",
                                                          "twice",
                                                          "stick-lost"};
};
Worth worth_of(FindingKind kind);

struct AuditFinding {
  FindingKind kind = FindingKind::Open;
  std::string path;        // Of the ledger, or of the certificate that shows it.
  std::uint64_t line = 0;  // Of the ledger.

  static constexpr auto fields() {
    return std::tuple{field("kind", &AuditFinding::kind), field("path", &AuditFinding::path),
                      field("line", &AuditFinding::line)};
  }
  auto operator<=>(const AuditFinding&) const = default;
};

struct LedgerFile {
  std::string path;
  Bytes text;
  bool is_witness = false;  // A copy that somebody kept: it may end earlier.
};

// What an authentic certificate says of its ledger.
struct LedgerClaim {
  std::string path;
  bool is_witness = false;  // It was kept elsewhere, and says what was there.
  std::string stick;        // Common name of the key that signed it,
  Sha256Digest key{};       // and the fingerprint of its certificate.
  std::string sha256;       // Of its JSON.
  std::string verdict;
  CertifiedLedger place;
  NamesOfDrive drive;
  NamesOfMachine machine;
  bool operator==(const LedgerClaim&) const = default;
};

// Somebody wrote down what a ledger's end was.
struct SeenHead {
  std::uint64_t rank = 0;
  Sha256Digest hash{};
};

// "412:ab12…": the rank, then the hash in 64 hex digits.
std::optional<SeenHead> parse_head(std::string_view text);

struct LedgerEvidence {
  std::vector<LedgerFile> files;
  std::vector<LedgerClaim> claims;
  std::vector<SeenHead> heads;
};

struct LedgerAudit {
  std::vector<AuditedLedger> ledgers;
  std::vector<AuditFinding> findings;  // Sorted.
};

// Pure. Lines count once their chain, their signatures and the root's signature under their key hold, and their stick was
// not lost before.
LedgerAudit audit_ledgers(const LedgerEvidence& evidence, const Trust& trust);

}  // namespace relance
