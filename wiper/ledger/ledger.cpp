#include "wiper/ledger/ledger.h"

#include <algorithm>

#include "wiper/base/iso_time.h"
#include "wiper/base/version.h"
#include "wiper/stick/paths.h"

namespace relance {
namespace {

constexpr std::array<std::string_view, 2> kEndings{".txt", ".bis"};
constexpr nanoseconds kPatience =
    std::chrono::seconds(60);  // For the other drives of this PC: a line each, on a worn stick.

Error contradiction(const std::string& why) { return {Errc::Corrupt, Stop::LedgerDamaged, "ledger: " + why}; }

std::string time_after(std::int64_t time_s, const std::vector<LedgerLine>& lines) {
  std::string time = iso_time(time_s);
  return lines.empty() || time > lines.back().time ? time : lines.back().time;
}

}  // namespace

struct Ledger::Copies {
  std::array<LedgerCopy, 2> each;
  std::array<Bytes, 2> files;
  std::array<bool, 2> is_damaged{};  // Its file stays as it is, for whoever looks into it; the other one goes on.
  const std::vector<LedgerLine>& lines() const { return longer().lines; }
  const LedgerCopy& longer() const { return each[1].lines.size() > each[0].lines.size() ? each[1] : each[0]; }
};

Result<Ledger::Copies> Ledger::read_copies() {
  Copies copies;
  std::optional<Error> damage;
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    const std::string path = file_ + std::string(kEndings.at(i));
    Result<Bytes> file = store_->read(path);
    const bool is_missing = !file.ok() && file.error().code == Errc::Invalid;
    if (is_missing || (file.ok() && file.value().empty())) continue;
    if (!file.ok()) return file.error();
    copies.files.at(i) = std::move(file).value();
    // As good as always both say the same: read it once, for old PCs.
    if (i == 1 && copies.files[1] == copies.files[0]) {
      copies.each[1] = copies.each[0];
      copies.is_damaged[1] = copies.is_damaged[0];
      continue;
    }
    const std::string_view text = as_text(copies.files.at(i));
    Result<LedgerCopy> copy = parse_ledger(text);
    // A file with nothing but a piece of its first line: nobody was told of it.
    if (!copy.ok() && text.find('\n') == std::string_view::npos) {
      copies.each.at(i).lacks_newline = true;
      continue;
    }
    copies.is_damaged.at(i) = !copy.ok();
    if (copy.ok())
      copies.each.at(i) = std::move(copy).value();
    else
      damage = copy.error();
  }
  const auto& [first, second] = copies.each;
  if (damage && copies.lines().empty()) return *damage;
  const std::size_t common = std::min(first.lines.size(), second.lines.size());
  if (!std::equal(first.lines.begin(), first.lines.begin() + static_cast<std::ptrdiff_t>(common), second.lines.begin()))
    return contradiction("its two files contradict each other");
  return copies;
}

Result<std::vector<LedgerLine>> Ledger::read() {
  const Copies copies = TRY(read_copies());
  return copies.lines();
}

// On a line of its own, and read back.
Result<void> Ledger::extend(Copies& copies, std::size_t i, std::string text) {
  LedgerCopy& copy = copies.each.at(i);
  Bytes& file = copies.files.at(i);
  if (copy.lacks_newline) text.insert(text.begin(), '\n');
  const std::string path = file_ + std::string(kEndings.at(i));
  TRY(store_->append(path, as_bytes(text)));
  file.insert(file.end(), as_bytes(text).begin(), as_bytes(text).end());
  copy.lacks_newline = false;
  const Bytes now = TRY(store_->read(path));
  if (now != file) return Error{Errc::Io, Stop::StickGone, "a line of the ledger does not read back"};
  return Done{};
}

// What one file lacks goes into it first: both end at the same line before a new one is added.
Result<void> Ledger::catch_up(Copies& copies) {
  const std::vector<LedgerLine> lines = copies.lines();
  for (std::size_t i = 0; i < kEndings.size(); ++i) {
    LedgerCopy& copy = copies.each.at(i);
    std::string text;
    for (std::size_t n = copy.lines.size(); n < lines.size(); ++n) text += to_text(lines[n]) + "\n";
    if (text.empty() || copies.is_damaged.at(i)) continue;
    TRY(extend(copies, i, std::move(text)));
    copy.lines = lines;
  }
  return Done{};
}

Result<LedgerLine> Ledger::append_alone(const SigningKey& signer, const Make& make) {
  Copies copies = TRY(read_copies());
  if (!copies.lines().empty()) {
    const KeyCertificate owner = TRY(ledger_key(copies.lines()));
    if (owner.fingerprint() != signer.certificate.fingerprint()) return contradiction("it is of another stick's key");
    const LedgerLine& last = copies.lines().back();
    if (!holds_raw(as_bytes(signed_text(last)), last.signature, public_point(owner)))
      return contradiction("the signature of its last line is wrong");
  }
  TRY(catch_up(copies));
  LedgerLine line;
  line.rank = copies.lines().size() + 1;
  if (line.rank > 1) line.previous = hash_of(copies.lines().back());
  const bool follows_ours = line.rank > 1 && line.previous == ours_;
  ours_ = {};
  const LedgerWish wish = TRY(make({line.rank, line.previous, copies.lines(), follows_ours}));
  if (!wish.adds) return copies.lines().back();
  line.kind = wish.kind;
  line.entry = to_json(wish.entry);
  line.time = time_after(wish.time_s, copies.lines());
  line.signature = sign_raw(as_bytes(signed_text(line)), signer.key);
  for (std::size_t i = 0; i < kEndings.size(); ++i)
    if (!copies.is_damaged.at(i)) {
      TRY(extend(copies, i, to_text(line) + "\n"));
    }
  ours_ = hash_of(line);
  return wish.ask_again ? append_alone(signer, make) : line;
}

Result<LedgerLine> Ledger::append(const SigningKey& signer, const Make& make) {
  // The claim is made where it is asked: a lock would be held over the stick.
  const Moment deadline = executor_.now() + kPatience;
  bool is_ours = !is_busy_.exchange(true);
  while (!is_ours && executor_.wait([&] { return !is_busy_.load(); }, deadline)) is_ours = !is_busy_.exchange(true);
  if (!is_ours) return Error{Errc::Timeout, Stop::StickGone, "the ledger is waited for in vain"};
  Result<LedgerLine> added = append_alone(signer, make);
  is_busy_ = false;
  executor_.notify();
  return added;
}

std::string ledger_file(const KeyCertificate& stick) {
  const std::string whole = stick.common_name();
  std::string_view name(whole);
  if (name.starts_with(kStickBeginning)) name.remove_prefix(kStickBeginning.size());
  std::string file = kLedgerFolder;
  file += "/registre-";
  file += file_name_part(name.substr(0, name.find('@')));
  return file;
}

Result<void> put_in_service(Ledger& ledger, const SigningKey& signer, std::int64_t time_s) {
  const std::vector<LedgerLine> lines = TRY(ledger.read());
  if (!lines.empty()) return Done{};
  const InServiceEntry entry{signer.certificate.common_name(), to_base64(signer.certificate.to_der()),
                             std::string(version())};
  const Result<LedgerLine> added = ledger.append(signer, [&](const LedgerPlace& place) -> Result<LedgerWish> {
    if (place.rank != 1) return contradiction("somebody else began it");
    return LedgerWish{LedgerKind::InService, to_value(entry), time_s};
  });
  if (!added.ok()) return added.error();
  return Done{};
}

}  // namespace relance
