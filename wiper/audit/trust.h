#pragma once
// What certificates and ledgers are held against.

#include "wiper/audit/lost_sticks.h"

namespace relance {

struct Trust {
  const KeyCertificate& root;
  bool accept_trials = false;  // Certificates marked ESSAI count like others.
  Revoked revoked = {};
};

}  // namespace relance
