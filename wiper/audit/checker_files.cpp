#include "wiper/audit/checker_files.h"

#include "wiper/audit/checker_texts.h"
#include "wiper/crypto/sshsig.h"

namespace relance {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
  return text;
}

}  // namespace

std::string verif_page(const KeyCertificate& root) {
  return replaced(std::string(kVerifPage), "@ROOT@", as_text(root.to_pem()));
}

std::string auditor_guide(const KeyCertificate& stick) {
  return replaced(std::string(kAuditorGuide), "@STICK@", ssh_principal(stick));
}

}  // namespace relance
