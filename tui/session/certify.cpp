#include "tui/session/certify.h"

#include "wiper/audit/last_record.h"
#include "wiper/certificate/publish.h"

namespace relance {
namespace {

Result<StickTime> time_on_stick(const Bench& bench) {
  const KeyCertificate root = TRY(read_root(*bench.stick));
  return stick_time(
      {.pc_clock_s = bench.machine->executor().pc_clock_s(), .last_record_s = last_record_s(*bench.stick, root)});
}

}  // namespace

Result<PublishedCertificate> certify(const RunSetup& setup, const Evidence& evidence) {
  require(setup.key != nullptr, "a key to sign with");
  Machine& machine = *setup.bench.machine;
  CertificateRequest request;
  request.pc_clock_s = machine.executor().pc_clock_s();
  request.time = TRY(time_on_stick(setup.bench));
  machine.entropy().fill(request.alea);
  request.journal_file = std::string(kJournalFolder) + "/" + setup.journal->run() + ".txt";
  request.parties = setup.parties;
  request.language = setup.language;
  const Certificate certificate = make_certificate(evidence, request);
  const KeyCertificate root = TRY(read_root(*setup.bench.stick));
  const PaperWish wish{
      .language = setup.language, .verify_url = setup.verify_url, .root_fingerprint = to_hex(root.fingerprint())};
  return publish_certificate(*setup.bench.stick, certificate, request.time.seconds, setup.key->signer(), wish);
}

Result<SignedText> state_erase(const RunSetup& setup, const Evidence& evidence) {
  StickTime time{.seconds = setup.bench.machine->executor().pc_clock_s()};
  if (!setup.key) return sign_statement(make_statement(evidence, time, setup.language), time, nullptr);
  time = TRY(time_on_stick(setup.bench));
  const SigningKey signer = setup.key->signer();
  return sign_statement(make_statement(evidence, time, setup.language), time, &signer);
}

}  // namespace relance
