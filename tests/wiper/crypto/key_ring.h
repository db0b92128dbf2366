#pragma once
// A workshop's keys for tests: made once, since each sealed key file costs the third of a second that is its lock.

#include "wiper/crypto/key_certificate.h"

namespace relance {

inline constexpr std::string_view kPassphrase = "un deux trois quatre cinq é";
inline constexpr std::int64_t kNow = 1'795'000'000;  // 2026-11-18

struct KeyRing {
  PrivateKey root = PrivateKey::make();
  KeyCertificate root_certificate = make_root_certificate(root, "Atelier Réemploi", kNow).value();
  PrivateKey stick = PrivateKey::make();
  KeyCertificate stick_certificate = certify_stick(root, root_certificate, stick, "07", kNow).value();
  Bytes root_file = root_certificate.to_pem();
  Bytes stick_file = stick.to_pem(kPassphrase);
};

inline const KeyRing& key_ring() {
  static const KeyRing ring;
  return ring;
}

}  // namespace relance
