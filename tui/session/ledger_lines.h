#pragma once
// What a run enters into the stick's ledger: that the stick was used, what begins, what came of it.

#include "tui/session/run.h"
#include "wiper/certificate/publish.h"

namespace relance {

// The ledger of the stick that this key belongs to.
std::shared_ptr<Ledger> ledger_of(const Bench& bench, const StickKey& key);

// The stick's time: held against the ledger's last line, or against its certificates while it has none.
Result<StickTime> time_on_stick(const Bench& bench, const std::vector<LedgerLine>& lines);

// How the pages of this run are printed.
PaperWish paper_wish(const RunSetup& setup, const KeyCertificate& root);

// What the ledger says of it.
LedgerWish line_of(const Certificate& certificate, const std::string& sha256);

// A line of this run. First the certificate that a power cut or a pulled stick left at that place gets its own.
Result<LedgerLine> enter(const RunSetup& setup, const Ledger::Make& make);

// MISE_EN_SERVICE if there is no ledger yet, CLOTURE if the last line is of an earlier month, then BOOT.
Result<void> enter_boot(const RunSetup& setup);

// DEBUT. What is still open of this machine and drive ends as INTERROMPU first; what is open on other PCs stays so: they may
// be erasing with the stick pulled out.
Result<void> enter_begin(const RunSetup& setup, const RunStarted& started, const std::string& drive);

}  // namespace relance
