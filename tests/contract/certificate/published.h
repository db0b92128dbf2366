#pragma once
// A certificate as it lies on a stick, in a folder of its own, for the programs of others: c.json with its signatures beside
// it, racine.pem and allowed_signers.

#include "tests/support/memory_store.h"
#include "tests/support/sample_certificate.h"
#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/certificate/publish.h"
#include "wiper/crypto/sshsig.h"

namespace relance {

struct Keys {
  PrivateKey root_key = PrivateKey::make();
  KeyCertificate root = make_root_certificate(root_key, "Atelier d’Évry", kCertified_s).value();
  PrivateKey stick_key = PrivateKey::make();
  KeyCertificate stick = certify_stick(root_key, root, stick_key, "07", kCertified_s).value();
};

struct Published {
  TemporaryFolder folder;

  explicit Published(const Certificate& certificate) {
    MemoryStore store;
    const PublishedCertificate published =
        publish_certificate(store, certificate, kCertified_s, {keys().stick_key, keys().stick}).value();
    const std::string name = published.file.substr(0, published.file.size() - kCertificateEnding.size());
    for (const auto& [path, bytes] : store.files) folder.write("c" + path.substr(name.size()), bytes);
    folder.write("racine.pem", keys().root.to_pem());
    folder.write("allowed_signers", as_bytes(allowed_signer(keys().stick, kSshNamespace)));
  }
  const Keys& keys() const {
    static const Keys made;
    return made;
  }
};

inline bool says(const std::string& text, std::string_view wanted) { return text.find(wanted) != std::string::npos; }

}  // namespace relance
