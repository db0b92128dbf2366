#pragma once
// Checking certificates and ledgers as a stranger would: all files of a stick, of many sticks, or a single one.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "wiper/audit/audited_certificate.h"

namespace relance {

// Gives a whole file, of a folder (gather.h), a stick (Store::read) or a test.
using ReadFile = std::function<Result<Bytes>(const std::string& path)>;

struct AuditOptions {
  bool accept_trials = false;  // --demo: certificates marked ESSAI count like others.
  // Certificates, ledgers and lists of lost sticks that were kept elsewhere: what they saw must still be there.
  std::vector<std::string> witnesses;
  std::vector<SeenHead> heads;  // The same, written down as rank and hash of a line.
};

// A list of lost sticks.
struct AuditedList {
  std::string path;
  Worth worth = Worth::Refused;
  std::uint64_t number = 0;
  std::uint64_t lost = 0;  // Sticks.
  std::uint64_t stop = 0;  // STOP number of the refusal, 0 for none.
  std::string detail;      // English.

  static constexpr auto fields() {
    return std::tuple{field("path", &AuditedList::path),     field("worth", &AuditedList::worth),
                      field("number", &AuditedList::number), field("lost", &AuditedList::lost),
                      field("stop", &AuditedList::stop),     field("detail", &AuditedList::detail)};
  }
  bool operator==(const AuditedList&) const = default;
};

// The report of a lot.
struct AuditedBordereau {
  std::string path;
  Worth worth = Worth::Refused;
  std::string lot;
  std::string signer;  // Common name; empty unless the signature holds.
  std::uint64_t announced = 0;
  std::uint64_t unexplained = 0;
  std::uint64_t failed = 0;
  std::uint64_t stop = 0;  // STOP number of the refusal, 0 for none.
  std::string detail;      // English.

  static constexpr auto fields() {
    return std::tuple{field("path", &AuditedBordereau::path),
                      field("worth", &AuditedBordereau::worth),
                      field("lot", &AuditedBordereau::lot),
                      field("signer", &AuditedBordereau::signer),
                      field("announced", &AuditedBordereau::announced),
                      field("unexplained", &AuditedBordereau::unexplained),
                      field("failed", &AuditedBordereau::failed),
                      field("stop", &AuditedBordereau::stop),
                      field("detail", &AuditedBordereau::detail)};
  }
  bool operator==(const AuditedBordereau&) const = default;
};
// Signed as a whole by a responsable whom the root has certified, and so is what is attached; the table says what the text
// says. Good: nothing unexplained, nothing failed. One that counts papers marked ESSAI is refused unless they are accepted. Pure.
AuditedBordereau audit_bordereau(const std::string& path, std::span<const std::byte> file, const Trust& trust);

struct AuditReport {
  Worth worth = Worth::Refused;  // The worst of all; Refused if there was nothing to check.
  std::vector<AuditedCertificate> certificates;
  std::vector<AuditedLedger> ledgers;
  std::vector<AuditedList> lists;
  std::vector<AuditedBordereau> lots;
  std::vector<AuditFinding> findings;

  static constexpr auto fields() {
    return std::tuple{field("worth", &AuditReport::worth),     field("certificates", &AuditReport::certificates),
                      field("ledgers", &AuditReport::ledgers), field("lists", &AuditReport::lists),
                      field("lots", &AuditReport::lots),       field("findings", &AuditReport::findings)};
  }
  bool operator==(const AuditReport&) const = default;
};

// 0 all well, 6 authentic with reserves, 4 refused.
int exit_code(Worth worth);

// Of a signature's path the path of what it signs; every other path is its own.
std::string file_signed_by(const std::string& path);

// "REGISTRE/registre-07.txt" or .bis, by its name.
bool is_ledger(const std::string& path);

// All of them: lists of lost sticks, which decide whom to believe; ledgers, which are held against the certificates; and
// these, each with the .p7s and the .sig of the same path. What is attached to a .pdf must be what lies beside it. A file
// that cannot be read is refused under its name.
AuditReport audit(std::span<const std::string> paths, const ReadFile& read, const KeyCertificate& root,
                  const AuditOptions& options);

}  // namespace relance
