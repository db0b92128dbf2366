// A signature for ssh-keygen beside a certificate. The corpus has a real one, of the key in tests/corpus/key_certificate over "abc".
#include "wiper/crypto/sshsig.h"

#include <fstream>
#include <iterator>

namespace {

relance::PublicPoint read_point() {
  std::ifstream file("tests/corpus/key_certificate/root.pem", std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(file), {}};
  return relance::public_point(relance::KeyCertificate::open(relance::as_bytes(pem)).value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const relance::PublicPoint point = read_point();
  const std::string_view text = relance::as_text(std::as_bytes(std::span(bytes, size)));
  (void)relance::sshsig_verify(relance::as_bytes("abc"), text, "certificat-effacement",
                               point);  // Only that it comes back.
  return 0;
}
