#pragma once
// Sticks that were lost, as the workshop's root has signed it: trousseau-N.json with its .p7s, each with all that the one
// before it said. Revoked by rank, not by date: what the stick had entered up to the last line that somebody saw stays
// good, whatever its finder signs later is void; a date would be what the finder's clock says.

#include <string>
#include <vector>

#include "wiper/crypto/cms.h"
#include "wiper/ledger/ledger_line.h"
#include "wiper/stick/store.h"

namespace relance {

struct LostStick {
  std::string stick;                 // Common name: "stick-07@Atelier".
  std::array<std::byte, 32> key{};   // Fingerprint of its key certificate: a stick made anew may bear the same name.
  std::uint64_t last_rank = 0;       // Of the last line that stays good; 0: none.
  std::array<std::byte, 32> head{};  // Hash of that line.
  // SHA-256 of certificates that somebody held before the loss and whose own lines nobody saw: lower-case hex.
  std::vector<std::string> vouched;
  static constexpr auto fields() {
    return std::tuple{field("stick", &LostStick::stick), field("key", &LostStick::key),
                      field("last_rank", &LostStick::last_rank), field("head", &LostStick::head),
                      field("vouched", &LostStick::vouched)};
  }
  bool operator==(const LostStick&) const = default;
};

inline constexpr std::string_view kLostSticksFormat = "relance-trousseau";

struct LostSticks {
  std::string format{kLostSticksFormat};
  std::uint64_t version = 1;
  std::uint64_t number = 1;  // As in the file's name.
  std::string issued;        // ISO 8601, UTC.
  std::vector<LostStick> lost;
  static constexpr auto fields() {
    return std::tuple{field("format", &LostSticks::format), field("version", &LostSticks::version),
                      field("number", &LostSticks::number), field("issued", &LostSticks::issued),
                      field("lost", &LostSticks::lost)};
  }
  bool operator==(const LostSticks&) const = default;
};

// What the newest of all lists says.
class Revoked {
 public:
  void add(LostSticks list);
  const LostSticks& newest() const { return newest_; }
  // Null: nobody has lost it.
  const LostStick* find(const Sha256Digest& key) const;

  // KeyRevoked: a certificate of this key, of that rank and hash, is void. Rank 0: its edition names no line, so that any of
  // them could be the finder's.
  Result<void> check(const Sha256Digest& key, std::uint64_t rank, const std::string& sha256) const;
  // KeyRevoked: lines behind the last good one, or another line in its place.
  Result<void> check(const Sha256Digest& key, const std::vector<LedgerLine>& lines) const;
  // This ledger ends with the last good line: what it holds is what the stick had entered before it was lost.
  bool is_vouched(const Sha256Digest& key, const std::vector<LedgerLine>& lines) const;

 private:
  LostSticks newest_{.number = 0};
};

// "trousseau-3.json", wherever it lies; its signature is beside it under the same name and ".p7s".
std::string lost_sticks_file(std::uint64_t number);
bool is_lost_sticks(const std::string& path);

std::string lost_sticks_text(const LostSticks& list);
// Corrupt (SignatureWrong): the root did not sign it, or it is spelled otherwise than ours.
Result<LostSticks> read_lost_sticks(std::span<const std::byte> text, std::span<const std::byte> signature,
                                    const KeyCertificate& root);
// The newest in a folder of the stick or of the workshop; those that the root did not sign are an error as above.
Result<Revoked> read_revoked(Store& store, const std::string& folder, const KeyCertificate& root);

}  // namespace relance
