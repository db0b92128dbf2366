#pragma once
// The stick's ledger: who began to erase what, and what came of it, one signed line each, chained by their hashes, so that
// nothing can be taken out, put in or changed later without it showing.
//
//   RANK|PREVIOUS|KIND|TIME|ENTRY|SIGNATURE
//
// RANK counts from 1; PREVIOUS is the SHA-256 of the line before without its newline (64 hex digits; zeros on the first
// line); TIME is the stick's (ISO 8601, UTC); ENTRY is one JSON object of the kind; SIGNATURE is base64 of ECDSA P-256 with
// SHA-256, r then s, over all before the last '|', by the key whose certificate the first line holds. A line has one
// spelling: what parses and is written again is the same bytes.

#include <optional>
#include <string>
#include <vector>

#include "wiper/base/fields.h"
#include "wiper/crypto/hash.h"
#include "wiper/crypto/signature.h"

namespace relance {

enum class LedgerKind : std::uint8_t { InService, Boot, Begun, Finished, Failed, Interrupted, Trial, Closing, Stamp };
template <>
struct EnumNames<LedgerKind> {
  static constexpr std::array<std::string_view, 9> names{"MISE_EN_SERVICE", "BOOT",  "DEBUT",   "FIN",       "ECHEC",
                                                         "INTERROMPU",      "ESSAI", "CLOTURE", "HORODATAGE"};
};

// It ends a DEBUT. (An ESSAI follows such an end.)
constexpr bool is_end(LedgerKind kind) {
  return kind == LedgerKind::Finished || kind == LedgerKind::Failed || kind == LedgerKind::Interrupted;
}

struct LedgerLine {
  std::uint64_t rank = 0;
  Sha256Digest previous{};
  LedgerKind kind = LedgerKind::Boot;
  std::string time;   // "2026-11-18T11:06:40Z"
  std::string entry;  // JSON, as to_json() writes it.
  RawSignature signature{};
  bool operator==(const LedgerLine&) const = default;
};

// Without the newline.
std::string to_text(const LedgerLine& line);
// What the signature covers: all before the last '|'.
std::string signed_text(const LedgerLine& line);
// Nothing: it is not one line of ours, spelled as we spell it.
std::optional<LedgerLine> parse_ledger_line(std::string_view text);
// The next line's `previous`.
Sha256Digest hash_of(const LedgerLine& line);

}  // namespace relance
