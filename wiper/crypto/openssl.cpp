#include "wiper/crypto/openssl.h"

#include <openssl/crypto.h>

#include <array>

#include "wiper/base/result.h"

namespace relance::openssl {

void start() {
  // NO_ATEXIT: a thread that is stuck in a drive and wakes up while the program leaves must not find freed tables.
  static const int started = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, nullptr);
  require(started == 1, "OpenSSL does not start");
  ERR_clear_error();
}

std::string reason() {
  const unsigned long last = ERR_peek_last_error();
  ERR_clear_error();
  if (last == 0) return "no reason given";
  std::array<char, 256> text{};
  ERR_error_string_n(last, text.data(), text.size());
  return text.data();
}

}  // namespace relance::openssl
