#include "wiper/ledger/ledger_text.h"

#include <algorithm>

namespace relance {
namespace {

constexpr std::size_t kSignatureLetters = 88;  // Base64 of 64 bytes.

Error damaged(std::uint64_t rank, const std::string& why) {
  return {Errc::Corrupt, Stop::LedgerDamaged, "ledger, line " + std::to_string(rank) + ": " + why};
}

// Begins like the line of that rank, and is not all of one.
bool is_piece(std::string_view text, const std::string& beginning) {
  while (!text.empty() && text.back() == '\0')
    text.remove_suffix(1);  // A file system may have given it its length first.
  if (text.size() <= beginning.size()) return beginning.starts_with(text);
  if (!text.starts_with(beginning)) return false;
  const auto last = text.rfind('|');
  const bool has_entry = std::ranges::count(text, '|') >= 5;
  return !has_entry || text.size() - last - 1 < kSignatureLetters;
}

}  // namespace

Result<LedgerCopy> parse_ledger(std::string_view text) {
  if (text.size() > kLongestLedger) return damaged(1, "too long");
  LedgerCopy copy;
  Sha256Digest head{};
  bool piece_before = false;
  while (!text.empty()) {
    const std::uint64_t rank = copy.lines.size() + 1;
    const auto newline = text.find('\n');
    const std::string_view piece = text.substr(0, newline);
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    std::optional<LedgerLine> line = parse_ledger_line(piece);
    copy.lacks_newline = newline == std::string_view::npos;
    if (line && line->rank == rank && line->previous == head) {
      if (!copy.lines.empty() && line->time < copy.lines.back().time) return damaged(rank, "before the line above it");
      head = sha256(as_bytes(piece));
      copy.lines.push_back(*std::move(line));
      piece_before = false;
      continue;
    }
    if (line) return damaged(rank, line->rank == rank ? "it does not follow the one above it" : "of another rank");
    const std::string beginning = std::to_string(rank) + "|" + to_hex(head) + "|";
    const bool may_be_torn = !piece_before && is_piece(piece, beginning);
    const bool something_follows = newline == std::string_view::npos || !text.empty();
    if (!may_be_torn || !something_follows) return damaged(rank, "altered");
    ++copy.pieces;
    piece_before = true;
  }
  if (copy.lines.empty()) return damaged(1, "missing");
  return copy;
}

Result<KeyCertificate> ledger_key(const std::vector<LedgerLine>& lines) {
  if (lines.empty() || lines.front().kind != LedgerKind::InService) return damaged(1, "not the beginning of a ledger");
  const auto again = std::find_if(lines.begin() + 1, lines.end(),
                                  [](const LedgerLine& line) { return line.kind == LedgerKind::InService; });
  if (again != lines.end()) return damaged(again->rank, "it begins a second time");
  const InServiceEntry entry = TRY(entry_of<InServiceEntry>(lines.front()));
  const std::optional<Bytes> der = from_base64(entry.key_certificate);
  if (!der) return damaged(1, "no certificate of a key");
  KeyCertificate certificate = TRY(KeyCertificate::open_der(*der));
  if (!entry.stick.starts_with(kStickBeginning)) return damaged(1, "its key is no stick's");
  if (certificate.common_name() != entry.stick) return damaged(1, "its key is of another stick");
  return certificate;
}

Result<void> check_signatures(const std::vector<LedgerLine>& lines) {
  const KeyCertificate key = TRY(ledger_key(lines));
  const PublicPoint point = public_point(key);
  for (const LedgerLine& line : lines)
    if (!holds_raw(as_bytes(signed_text(line)), line.signature, point))
      return damaged(line.rank, "its signature is wrong");
  return Done{};
}

std::vector<OpenBegun> open_begun(const std::vector<LedgerLine>& lines) {
  std::vector<OpenBegun> open;
  for (const LedgerLine& line : lines) {
    if (line.kind == LedgerKind::Begun) {
      Result<BegunEntry> entry = entry_of<BegunEntry>(line);
      if (entry.ok()) open.push_back({line.rank, std::move(entry).value()});
    } else if (is_end(line.kind)) {
      const Result<EndedEntry> entry = entry_of<EndedEntry>(line);
      if (entry.ok()) std::erase_if(open, [&](const OpenBegun& each) { return each.rank == entry.value().begun; });
    }
  }
  return open;
}

std::optional<OpenBegun> last_begun(const std::vector<LedgerLine>& lines, std::string_view run,
                                    std::string_view drive) {
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (line->kind != LedgerKind::Begun) continue;
    Result<BegunEntry> entry = entry_of<BegunEntry>(*line);
    if (entry.ok() && entry.value().run == run && entry.value().drive == drive)
      return OpenBegun{line->rank, std::move(entry).value()};
  }
  return std::nullopt;
}

std::optional<EndedEntry> end_of(const std::vector<LedgerLine>& lines, std::uint64_t begun, bool of_trial) {
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    if (of_trial ? line->kind != LedgerKind::Trial : !is_end(line->kind)) continue;
    Result<EndedEntry> entry = entry_of<EndedEntry>(*line);
    if (entry.ok() && entry.value().begun == begun) return std::move(entry).value();
  }
  return std::nullopt;
}

}  // namespace relance
