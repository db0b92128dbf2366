// A detached signature beside a certificate or a manifest. The corpus has real ones of a fixed root over "abc".
#include "wiper/crypto/cms.h"

#include <fstream>
#include <iterator>

namespace {

relance::KeyCertificate read_root() {
  std::ifstream file("tests/corpus/key_certificate/root.pem", std::ios::binary);
  const std::string pem{std::istreambuf_iterator<char>(file), {}};
  return relance::KeyCertificate::open(relance::as_bytes(pem)).value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const relance::KeyCertificate root = read_root();
  (void)relance::cms_verify(relance::as_bytes("abc"), std::as_bytes(std::span(bytes, size)),
                            root);  // Only that it comes back.
  return 0;
}
