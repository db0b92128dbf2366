#pragma once
// What the lines of a ledger say. No name, no serial, no number: drives and machines are hashes with a salt that stands only
// on the certificate, so that a ledger can be given to every donor.

#include "wiper/ledger/ledger_line.h"

namespace relance {

// MISE_EN_SERVICE, the first line: the stick, and the certificate of the key that signs all lines.
struct InServiceEntry {
  std::string stick;            // Common name: "stick-07@Atelier".
  std::string key_certificate;  // DER in base64.
  std::string software;
  static constexpr auto fields() {
    return std::tuple{field("stick", &InServiceEntry::stick),
                      field("key_certificate", &InServiceEntry::key_certificate),
                      field("software", &InServiceEntry::software)};
  }
  bool operator==(const InServiceEntry&) const = default;
};

// BOOT: the stick's key was opened on some PC.
struct BootEntry {
  std::string software;
  std::string pc_clock;  // As read.
  static constexpr auto fields() {
    return std::tuple{field("software", &BootEntry::software), field("pc_clock", &BootEntry::pc_clock)};
  }
  bool operator==(const BootEntry&) const = default;
};

// DEBUT: on the stick, and read back from it, before anything changes on the drive.
struct BegunEntry {
  std::string run;      // The journal's name.
  std::string drive;    // Tag of the drive in the run.
  std::string machine;  // Salted hashes: salted_hash().
  std::string device;
  bool trial = false;                    // ESSAI: not a physical drive.
  std::optional<std::uint64_t> resumes;  // The rank of the DEBUT that this one goes on from.
  static constexpr auto fields() {
    return std::tuple{field("run", &BegunEntry::run),         field("drive", &BegunEntry::drive),
                      field("machine", &BegunEntry::machine), field("device", &BegunEntry::device),
                      field("trial", &BegunEntry::trial),     field("resumes", &BegunEntry::resumes)};
  }
  bool operator==(const BegunEntry&) const = default;
};

// FIN, ECHEC, INTERROMPU, ESSAI: what became of a DEBUT. An ESSAI (a trial start) follows the end of its DEBUT.
struct EndedEntry {
  std::uint64_t begun = 0;                 // The DEBUT's rank.
  std::string verdict;                     // As on the certificate; "" without one.
  std::optional<std::string> certificate;  // SHA-256 of its JSON; nothing: interrupted, and the next DEBUT goes on.
  static constexpr auto fields() {
    return std::tuple{field("begun", &EndedEntry::begun), field("verdict", &EndedEntry::verdict),
                      field("certificate", &EndedEntry::certificate)};
  }
  bool operator==(const EndedEntry&) const = default;
};

// CLOTURE: written at the first start in a later month.
struct ClosingEntry {
  std::string month;  // "2026-11"
  std::uint64_t begun = 0;
  std::uint64_t finished = 0;
  std::uint64_t failed = 0;
  std::uint64_t interrupted = 0;
  std::uint64_t open = 0;  // At that moment.
  static constexpr auto fields() {
    return std::tuple{field("month", &ClosingEntry::month),
                      field("begun", &ClosingEntry::begun),
                      field("finished", &ClosingEntry::finished),
                      field("failed", &ClosingEntry::failed),
                      field("interrupted", &ClosingEntry::interrupted),
                      field("open", &ClosingEntry::open)};
  }
  bool operator==(const ClosingEntry&) const = default;
};

// The entry of a line as its type. Corrupt: it says something else, or more.
template <class Entry>
Result<Entry> entry_of(const LedgerLine& line) {
  const Value tree = TRY(parse_json(line.entry));
  Entry entry = TRY(from_value<Entry>(tree));
  if (to_json(to_value(entry)) != line.entry)
    return Error{Errc::Corrupt, Stop::LedgerDamaged, "an entry that says more than its kind"};
  return entry;
}

// What a ledger shows of a drive and of a machine: SHA-256 of the salt, then of these texts, each ended by a zero byte.
// Lower-case hex. A certificate has all of them.
using LedgerSalt = std::array<std::byte, 16>;
struct NamesOfDrive {
  std::string model;
  std::string serial;
  std::string wwn;
  bool operator==(const NamesOfDrive&) const = default;
};
struct NamesOfMachine {
  std::string maker;
  std::string product;
  std::string serial;
  bool operator==(const NamesOfMachine&) const = default;
};
std::string hidden(const LedgerSalt& salt, const NamesOfDrive& names);
std::string hidden(const LedgerSalt& salt, const NamesOfMachine& names);
// Of a run's seed and a drive's tag in it.
LedgerSalt salt_of(std::span<const std::byte> seed, std::string_view drive);

}  // namespace relance
