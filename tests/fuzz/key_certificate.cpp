// racine.pem and a stick's certificate, as anybody may have left them there.
#include "wiper/crypto/key_certificate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto certificate = relance::KeyCertificate::open(std::as_bytes(std::span(bytes, size)));
  if (!certificate.ok()) return 0;
  (void)certificate.value().common_name();
  (void)certificate.value().serial_hex();
  (void)certificate.value().fingerprint();
  return 0;
}
