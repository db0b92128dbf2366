#pragma once
// Reading a ledger: one of its two files, or both. Whatever is read is hostile.

#include "wiper/crypto/key_certificate.h"
#include "wiper/ledger/entry.h"

namespace relance {

inline constexpr std::size_t kLongestLedger = std::size_t{64}
                                              << 20;  // 300 000 lines: 150 machines a month for 50 years.

// One file. A piece of a line is what a power cut leaves of an append that nobody was told of: it begins like the line that
// belongs there, ends early, and that line follows or nothing does.
struct LedgerCopy {
  std::vector<LedgerLine> lines;
  std::size_t pieces = 0;
  bool lacks_newline = false;  // At its end: behind a piece, or a line that landed but for it.
  bool operator==(const LedgerCopy&) const = default;
};
// The chain of hashes and ranks from the first line on. Corrupt (LedgerDamaged), naming the line: anything else in it.
Result<LedgerCopy> parse_ledger(std::string_view text);

// Every signature by the key of the first line. Corrupt: not signed by it.
Result<void> check_signatures(const std::vector<LedgerLine>& lines);
// Whose ledger it is: of the first line. Corrupt: it is no MISE_EN_SERVICE, or the next one is one, too.
Result<KeyCertificate> ledger_key(const std::vector<LedgerLine>& lines);

// A DEBUT that nothing has ended.
struct OpenBegun {
  std::uint64_t rank = 0;
  BegunEntry entry;
};
std::vector<OpenBegun> open_begun(const std::vector<LedgerLine>& lines);
// The last DEBUT of that drive in that run, ended or not.
std::optional<OpenBegun> last_begun(const std::vector<LedgerLine>& lines, std::string_view run, std::string_view drive);

// What ended that DEBUT, or what its trial start gave; nothing: neither yet.
std::optional<EndedEntry> end_of(const std::vector<LedgerLine>& lines, std::uint64_t begun, bool of_trial);

}  // namespace relance
