// A stick's key file, as anybody may have left it there.
#include "wiper/crypto/key.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  (void)relance::PrivateKey::open(std::as_bytes(std::span(bytes, size)), "x");  // Only that it comes back is asked.
  return 0;
}
