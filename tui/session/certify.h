#pragma once
// What is said and signed about a run, with the stick's key and the stick's time.

#include "tui/session/run.h"
#include "wiper/certificate/statement.h"

namespace relance {

// Nothing is made without a key. The journal's file is part of it, so the evidence comes from there. The ledger's line with
// its hash follows; a certificate that a power cut left without one gets it now. LedgerOther: another stick began this.
Result<PublishedCertificate> certify(const RunSetup& setup, const Evidence& evidence, const std::string& drive);

// What the deployed system keeps; unsigned where there is no key. Outlives the run that asked.
Result<SignedText> state_erase(const RunSetup& setup, const Evidence& evidence);

}  // namespace relance
