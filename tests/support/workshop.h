#pragma once
// A workshop's root and one stick's key, made once for all tests of a program.

#include "wiper/crypto/key_certificate.h"

namespace relance {

inline constexpr std::int64_t kWorkshopBegan_s = 1'795'000'000;  // 2026-11-18T11:06:40Z

struct Workshop {
  PrivateKey root_key = PrivateKey::make();
  KeyCertificate root = make_root_certificate(root_key, "Atelier", kWorkshopBegan_s).value();
  PrivateKey stick_key = PrivateKey::make();
  KeyCertificate stick = certify_stick(root_key, root, stick_key, "07", kWorkshopBegan_s).value();
  SigningKey signer{stick_key, stick};
};

inline const Workshop& workshop() {
  static const Workshop made;
  return made;
}

}  // namespace relance
