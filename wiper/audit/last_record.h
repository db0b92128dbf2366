#pragma once
// When this stick last spoke: what a PC's clock is held against (stick_time.h).

#include "wiper/crypto/key_certificate.h"
#include "wiper/stick/store.h"

namespace relance {

// The latest signing time among the authentic certificates of the newest month that has any; 0: none. Looks at
// signatures only, so that a forged file cannot push the stick's clock.
std::int64_t last_record_s(Store& stick, const KeyCertificate& root);

}  // namespace relance
