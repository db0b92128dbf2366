#include "tui/session/ledger_lines.h"

#include <algorithm>

#include "wiper/audit/last_record.h"
#include "wiper/base/iso_time.h"
#include "wiper/base/version.h"

namespace relance {
namespace {

constexpr std::size_t kMonthLetters = 7;  // "2026-11"

bool is_same_month(const std::string& one, const std::string& other) {
  return one.substr(0, kMonthLetters) == other.substr(0, kMonthLetters);
}

ClosingEntry closing_of(const std::vector<LedgerLine>& lines, const std::string& month) {
  ClosingEntry closing{.month = month.substr(0, kMonthLetters)};
  const auto count = [&](LedgerKind kind) {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        lines, [&](const LedgerLine& line) { return line.kind == kind && is_same_month(line.time, month); }));
  };
  closing.begun = count(LedgerKind::Begun);
  closing.finished = count(LedgerKind::Finished);
  closing.failed = count(LedgerKind::Failed);
  closing.interrupted = count(LedgerKind::Interrupted);
  closing.open = open_begun(lines).size();
  return closing;
}

// The hashes that a DEBUT of this machine and drive has, with that salt.
struct Hidden {
  std::string machine;
  std::string device;
  bool operator==(const Hidden&) const = default;
};
Hidden hidden_names(const RunStarted& started, const LedgerSalt& salt) {
  const DriveIdentity& drive = started.plan.drive.identity;
  const MachineFacts& machine = started.machine;
  return {hidden(salt, NamesOfMachine{machine.maker, machine.product, machine.serial}),
          hidden(salt, NamesOfDrive{drive.model, drive.serial, drive.wwn})};
}

// Of this machine and drive: only the salt of the earlier run tells, which its journal has.
bool is_of_same(const RunSetup& setup, const BegunEntry& open, const RunStarted& started) {
  const Result<JournalText> journal = Journal::read(*setup.bench.stick, open.run);
  if (!journal.ok()) return false;
  const Result<Evidence> evidence = evidence_of(journal.value(), open.drive);
  if (!evidence.ok()) return false;
  const LedgerSalt salt = salt_of(evidence.value().state().started->seed, open.drive);
  return hidden_names(started, salt) == Hidden{open.machine, open.device};
}

Result<LedgerLine> enter(const RunSetup& setup, LedgerKind kind, const Value& entry) {
  return relance::enter(setup, [&](const LedgerPlace& place) -> Result<LedgerWish> {
    const StickTime time = TRY(time_on_stick(setup.bench, place.lines));
    return LedgerWish{kind, entry, time.seconds};
  });
}

// A certificate that takes the place of one before is of a trial start.
LedgerKind kind_of(const Certificate& certificate) {
  if (certificate.replaces) return LedgerKind::Trial;
  if (certificate.verdict == VerdictKind::Failed) return LedgerKind::Failed;
  if (certificate.verdict == VerdictKind::Interrupted) return LedgerKind::Interrupted;
  return LedgerKind::Finished;
}

// The line of the certificate that lies at that place without one.
Result<std::optional<LedgerWish>> left_at(const RunSetup& setup, const LedgerPlace& next) {
  const KeyCertificate root = TRY(read_root(*setup.bench.stick));
  const PaperWish wish = paper_wish(setup, root);
  const auto left = TRY(find_left(*setup.bench.stick, next.rank, next.previous, root, setup.key->signer(), wish));
  if (!left) return std::optional<LedgerWish>();
  return std::optional<LedgerWish>(line_of(left->certificate, left->sha256));
}

}  // namespace

PaperWish paper_wish(const RunSetup& setup, const KeyCertificate& root) {
  return {.language = setup.language, .verify_url = setup.verify_url, .root_fingerprint = to_hex(root.fingerprint())};
}

LedgerWish line_of(const Certificate& certificate, const std::string& sha256) {
  const EndedEntry entry{certificate.ledger->begun, std::string(name_of(certificate.verdict)), sha256};
  return {kind_of(certificate), to_value(entry), seconds_of(certificate.times.certificate).value_or(0)};
}

Result<LedgerLine> enter(const RunSetup& setup, const Ledger::Make& make) {
  return setup.ledger->append(setup.key->signer(), [&](const LedgerPlace& next) -> Result<LedgerWish> {
    // On a worn stick it takes seconds to look for one: not where nobody can have left any.
    std::optional<LedgerWish> left;
    if (!next.follows_ours) left = TRY(left_at(setup, next));
    if (!left) return make(next);
    left->ask_again = true;
    return *std::move(left);
  });
}

std::shared_ptr<Ledger> ledger_of(const Bench& bench, const StickKey& key) {
  return std::make_shared<Ledger>(bench.stick, bench.machine->executor(), ledger_file(key.certificate));
}

Result<StickTime> time_on_stick(const Bench& bench, const std::vector<LedgerLine>& lines) {
  Clocks clocks{.pc_clock_s = bench.machine->executor().pc_clock_s()};
  if (lines.size() > 1) {
    clocks.last_record_s = seconds_of(lines.back().time).value_or(0);
  } else {
    const KeyCertificate root = TRY(read_root(*bench.stick));
    clocks.last_record_s = last_record_s(*bench.stick, root);
  }
  return stick_time(clocks);
}

Result<void> enter_boot(const RunSetup& setup) {
  const StickTime now = TRY(time_on_stick(setup.bench, {}));
  TRY(put_in_service(*setup.ledger, setup.key->signer(), now.seconds));
  const std::vector<LedgerLine> lines = TRY(setup.ledger->read());
  const StickTime time = TRY(time_on_stick(setup.bench, lines));
  if (!is_same_month(lines.back().time, iso_time(time.seconds)))
    TRY(enter(setup, LedgerKind::Closing, to_value(closing_of(lines, lines.back().time))));
  const std::int64_t pc_clock_s = setup.bench.machine->executor().pc_clock_s();
  const BootEntry boot{std::string(version()), iso_time(pc_clock_s)};
  const Result<LedgerLine> entered = enter(setup, LedgerKind::Boot, to_value(boot));
  if (!entered.ok()) return entered.error();
  return {};
}

Result<void> enter_begin(const RunSetup& setup, const RunStarted& started, const std::string& drive) {
  const LedgerSalt salt = salt_of(started.seed, drive);
  const Hidden now = hidden_names(started, salt);
  BegunEntry begun{.run = setup.journal->run(), .drive = drive, .machine = now.machine, .device = now.device};
  begun.trial = started.plan.drive.kind != DriveKind::Physical;
  const std::vector<LedgerLine> lines = TRY(setup.ledger->read());
  for (const OpenBegun& open : open_begun(lines)) {
    const bool is_this_run = open.entry.run == begun.run && open.entry.drive == drive;
    if (!is_this_run && !is_of_same(setup, open.entry, started)) continue;
    TRY(enter(setup, LedgerKind::Interrupted, to_value(EndedEntry{open.rank, "", std::nullopt})));
  }
  if (const std::optional<OpenBegun> before = last_begun(lines, begun.run, drive)) begun.resumes = before->rank;
  const Result<LedgerLine> entered = enter(setup, LedgerKind::Begun, to_value(begun));
  if (!entered.ok()) return entered.error();
  return {};
}

}  // namespace relance
