#pragma once
// What lies in VERIFIER for strangers, beside the root's certificate: a page for any browser, and a guide in words.

#include <string>

#include "wiper/crypto/key_certificate.h"

namespace relance {

// verif.html with this root built in; it asks nobody and sends nothing.
std::string verif_page(const KeyCertificate& root);
// LISEZMOI.txt, French and English, for the certificates of this stick.
std::string auditor_guide(const KeyCertificate& stick);

}  // namespace relance
