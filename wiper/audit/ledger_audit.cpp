#include "wiper/audit/ledger_audit.h"

#include <algorithm>
#include <map>
#include <set>

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

// A ledger that is authentic by itself.
struct Ledger {
  const LedgerFile* file = nullptr;
  std::string stick;
  Sha256Digest key{};
  std::vector<LedgerLine> lines;
  std::vector<std::string> hashes;  // Of the lines: hex.
};

Result<Ledger> read_ledger(const LedgerFile& file, const Trust& trust) {
  LedgerCopy copy = TRY(parse_ledger(as_text(file.text)));
  const KeyCertificate key = TRY(ledger_key(copy.lines));
  TRY(check_certified_by(key, trust.root));
  TRY(check_signatures(copy.lines));
  TRY(trust.revoked.check(key.fingerprint(), copy.lines));
  Ledger ledger{&file, key.common_name(), key.fingerprint(), std::move(copy.lines), {}};
  for (std::size_t i = 1; i < ledger.lines.size(); ++i) ledger.hashes.push_back(to_hex(ledger.lines[i].previous));
  ledger.hashes.push_back(to_hex(hash_of(ledger.lines.back())));
  return ledger;
}

bool says_end(const LedgerLine& line) { return is_end(line.kind) || line.kind == LedgerKind::Trial; }

// All that is known of one stick's ledger: the file that goes furthest, and who has something to say of it.
class Chain {
 public:
  Chain(const std::vector<const Ledger*>& copies, std::set<AuditFinding>& findings) : findings_(findings) {
    for (const Ledger* copy : copies)
      if (!copy->file->is_witness && (main_ == nullptr || copy->lines.size() >= main_->lines.size())) main_ = copy;
    if (main_ == nullptr) return;  // Only witnesses: nothing is being checked.
    for (const Ledger* copy : copies) compare(*copy);
  }

  bool is_checked() const { return main_ != nullptr; }
  const std::string& stick() const { return main_->stick; }
  // It has the line before that place as the certificate saw it.
  bool leads_to(const CertifiedLedger& place) const {
    const std::uint64_t before = place.rank - 1;
    return before >= 1 && before <= main_->lines.size() &&
           main_->hashes[static_cast<std::size_t>(before) - 1] == to_hex(place.previous);
  }
  bool ends_before(const CertifiedLedger& place) const { return main_->lines.size() + 1 < place.rank; }
  bool has(const SeenHead& head) const {
    return head.rank >= 1 && head.rank <= main_->lines.size() &&
           main_->hashes[static_cast<std::size_t>(head.rank) - 1] == to_hex(head.hash);
  }
  bool ends_before(const SeenHead& head) const { return main_->lines.size() < head.rank; }
  void miss(const SeenHead& head) {
    findings_.insert({ends_before(head) ? FindingKind::TailCut : FindingKind::Forked, main_->file->path, head.rank});
  }

  // Of a place that this chain leads to.
  void hear(const LedgerClaim& claim) {
    if (!claim.is_witness) claimed_.insert(claim.sha256);
    const auto [first, is_first] = by_line_.try_emplace(claim.place.rank, claim.sha256);
    if (!is_first && first->second != claim.sha256) find(FindingKind::Twice, claim);
    if (claim.place.rank > main_->lines.size())
      return find(claim.is_witness ? FindingKind::TailCut : FindingKind::CertificateNotEntered, claim);
    if (!is_its_line(claim)) return find(FindingKind::CertificateStranger, claim);
    if (!is_its_beginning(claim)) find(FindingKind::Replayed, claim);
  }
  void find(FindingKind kind, const LedgerClaim& claim) { findings_.insert({kind, claim.path, claim.place.rank}); }

  // Once all claims were heard.
  void say_what_is_missing() {
    for (const OpenBegun& open : open_begun(main_->lines))
      findings_.insert({FindingKind::Open, main_->file->path, open.rank});
    for (const LedgerLine& line : main_->lines) {
      if (!says_end(line)) continue;
      const Result<EndedEntry> entry = entry_of<EndedEntry>(line);
      if (entry.ok() && entry.value().certificate && !claimed_.contains(*entry.value().certificate))
        findings_.insert({FindingKind::CertificateMissing, main_->file->path, line.rank});
    }
  }

 private:
  void compare(const Ledger& copy) {
    const std::size_t common = std::min(copy.lines.size(), main_->lines.size());
    const auto [one, _] = std::mismatch(copy.hashes.begin(), copy.hashes.begin() + static_cast<std::ptrdiff_t>(common),
                                        main_->hashes.begin());
    const auto equal = static_cast<std::uint64_t>(one - copy.hashes.begin());
    if (equal < common) {
      findings_.insert({FindingKind::Forked, copy.file->path, equal + 1});
    } else if (copy.lines.size() > common) {
      findings_.insert({FindingKind::TailCut, main_->file->path, common + 1});
    } else if (!copy.file->is_witness && copy.lines.size() < main_->lines.size()) {
      findings_.insert({FindingKind::CopyBehind, copy.file->path, copy.lines.size()});
    }
  }

  bool is_its_line(const LedgerClaim& claim) const {
    const LedgerLine& line = main_->lines[static_cast<std::size_t>(claim.place.rank) - 1];
    const Result<EndedEntry> entry = entry_of<EndedEntry>(line);
    return says_end(line) && entry.ok() && entry.value().certificate == claim.sha256 &&
           entry.value().begun == claim.place.begun && entry.value().verdict == claim.verdict;
  }

  bool is_its_beginning(const LedgerClaim& claim) const {
    if (claim.place.begun == 0 || claim.place.begun > main_->lines.size()) return false;
    const LedgerLine& line = main_->lines[static_cast<std::size_t>(claim.place.begun) - 1];
    const Result<BegunEntry> entry = entry_of<BegunEntry>(line);
    return line.kind == LedgerKind::Begun && entry.ok() &&
           entry.value().device == hidden(claim.place.salt, claim.drive) &&
           entry.value().machine == hidden(claim.place.salt, claim.machine);
  }

  std::set<AuditFinding>& findings_;
  const Ledger* main_ = nullptr;
  std::set<std::string> claimed_;
  std::map<std::uint64_t, std::string> by_line_;
};

// A stick that was made again under its old name has a second ledger: the one that fits is asked.
void hear(std::vector<Chain>& chains, const LedgerClaim& claim) {
  Chain* of_stick = nullptr;
  for (Chain& chain : chains) {
    if (chain.stick() != claim.stick) continue;
    if (chain.leads_to(claim.place)) return chain.hear(claim);
    of_stick = &chain;
  }
  if (of_stick == nullptr) return;  // No ledger of that stick is being checked.
  of_stick->find(of_stick->ends_before(claim.place) ? FindingKind::TailCut : FindingKind::CertificateStranger, claim);
}

// Whoever wrote a head down did not write whose: one of the ledgers must have it.
void hear(std::vector<Chain>& chains, const SeenHead& head) {
  if (std::ranges::any_of(chains, [&](const Chain& chain) { return chain.has(head); })) return;
  for (Chain& chain : chains) chain.miss(head);
}

// A finder can sign in the past, too: only a ledger up to the last good line tells what the stick itself had entered.
void ask_for_vouchers(const std::vector<Result<Ledger>>& ledgers, const std::vector<LedgerClaim>& claims,
                      const Revoked& revoked, std::set<AuditFinding>& findings) {
  for (const LedgerClaim& claim : claims) {
    const LostStick* lost = revoked.find(claim.key);
    if (claim.is_witness || lost == nullptr || claim.place.rank > lost->last_rank) continue;  // Behind: vouched for.
    const bool is_vouched = std::ranges::any_of(ledgers, [&](const Result<Ledger>& each) {
      return each.ok() && each.value().key == claim.key && revoked.is_vouched(claim.key, each.value().lines);
    });
    if (!is_vouched) findings.insert({FindingKind::StickLost, claim.path, claim.place.rank});
  }
}

AuditedLedger said_of(const LedgerFile& file, const Result<Ledger>& read) {
  AuditedLedger audited{.path = file.path};
  if (read.ok()) {
    const Ledger& ledger = read.value();
    audited.worth = Worth::Good;
    audited.stick = ledger.stick;
    audited.key = ledger.key;
    audited.last = hash_of(ledger.lines.back());
    audited.lines = ledger.lines.size();
    audited.head = to_hex(audited.last);
  } else {
    audited.stop = static_cast<std::uint64_t>(read.error().stop);
    audited.detail = read.error().detail;
  }
  return audited;
}

}  // namespace

std::optional<SeenHead> parse_head(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto rank = whole_number<std::uint64_t>(text.substr(0, colon));
  const Result<Bytes> hash = from_hex(text.substr(colon + 1));
  SeenHead head;
  if (!rank || *rank == 0 || !hash.ok() || hash.value().size() != head.hash.size()) return std::nullopt;
  head.rank = *rank;
  std::ranges::copy(hash.value(), head.hash.begin());
  return head;
}

Worth worth_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::Open:
    case FindingKind::CertificateMissing:
    case FindingKind::CertificateNotEntered:
    case FindingKind::CopyBehind:
    case FindingKind::StickLost:
      return Worth::Reserve;
    case FindingKind::TailCut:
    case FindingKind::Forked:
    case FindingKind::CertificateStranger:
    case FindingKind::Replayed:
    case FindingKind::Twice:
      break;
  }
  return Worth::Refused;
}

LedgerAudit audit_ledgers(const LedgerEvidence& evidence, const Trust& trust) {
  LedgerAudit audit;
  std::vector<Result<Ledger>> read;
  std::map<std::string, std::vector<const Ledger*>> by_first_line;
  read.reserve(evidence.files.size());
  for (const LedgerFile& file : evidence.files) {
    read.push_back(read_ledger(file, trust));
    audit.ledgers.push_back(said_of(file, read.back()));
    if (read.back().ok()) by_first_line[read.back().value().hashes.front()].push_back(&read.back().value());
  }
  std::set<AuditFinding> findings;
  std::vector<Chain> chains;
  for (const auto& [first_line, copies] : by_first_line) {
    Chain chain(copies, findings);
    if (chain.is_checked()) chains.push_back(std::move(chain));
  }
  for (const LedgerClaim& claim : evidence.claims) hear(chains, claim);
  for (const SeenHead& head : evidence.heads) hear(chains, head);
  ask_for_vouchers(read, evidence.claims, trust.revoked, findings);
  for (Chain& chain : chains) chain.say_what_is_missing();
  audit.findings.assign(findings.begin(), findings.end());
  return audit;
}

}  // namespace relance
