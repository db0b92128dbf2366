#include "tui/session/certify.h"

#include "tui/session/ledger_lines.h"

namespace relance {
namespace {

Certificate make_at(const RunSetup& setup, const Evidence& evidence, const CertifiedLedger& place,
                    const StickTime& time) {
  Machine& machine = *setup.bench.machine;
  CertificateRequest request;
  request.pc_clock_s = machine.executor().pc_clock_s();
  request.time = time;
  machine.entropy().fill(request.alea);
  request.journal_file = std::string(kJournalFolder) + "/" + setup.journal->run() + ".txt";
  request.ledger = place;
  request.parties = setup.parties;
  request.language = setup.language;
  return make_certificate(evidence, request);
}

}  // namespace

Result<PublishedCertificate> certify(const RunSetup& setup, const Evidence& evidence, const std::string& drive) {
  require(setup.key != nullptr && setup.ledger != nullptr, "a key to sign with");
  Store& stick = *setup.bench.stick;
  const KeyCertificate root = TRY(read_root(stick));
  std::optional<PublishedCertificate> published;
  const Result<LedgerLine> entered = enter(setup, [&](const LedgerPlace& next) -> Result<LedgerWish> {
    const std::optional<OpenBegun> begun = last_begun(next.lines, setup.journal->run(), drive);
    if (!begun) return Error{Errc::Refused, Stop::LedgerOther, "this stick's ledger has no DEBUT of this run"};
    // Its line landed, though nobody was told: the stick was pulled, or the power went.
    const auto end = end_of(next.lines, begun->rank, evidence.state().before_trial.has_value());
    if (end && end->certificate) published = TRY(find_certificate(stick, *end->certificate));
    if (published) return LedgerWish{.adds = false};
    const LedgerSalt salt = salt_of(evidence.state().started->seed, drive);
    const CertifiedLedger place{setup.ledger->path(), next.rank, next.previous, begun->rank, salt};
    const StickTime time = TRY(time_on_stick(setup.bench, next.lines));
    const Certificate certificate = make_at(setup, evidence, place, time);
    published =
        TRY(publish_certificate(stick, certificate, time.seconds, setup.key->signer(), paper_wish(setup, root)));
    return line_of(certificate, published->sha256);
  });
  if (!entered.ok()) return entered.error();
  return *std::move(published);
}

Result<SignedText> state_erase(const RunSetup& setup, const Evidence& evidence) {
  StickTime time{.seconds = setup.bench.machine->executor().pc_clock_s()};
  if (!setup.key) return sign_statement(make_statement(evidence, time, setup.language), time, nullptr);
  const std::vector<LedgerLine> lines = TRY(setup.ledger->read());
  time = TRY(time_on_stick(setup.bench, lines));
  const SigningKey signer = setup.key->signer();
  return sign_statement(make_statement(evidence, time, setup.language), time, &signer);
}

}  // namespace relance
