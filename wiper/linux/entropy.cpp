#include "wiper/linux/entropy.h"

#include <sys/random.h>

#include <cerrno>

#include "wiper/base/result.h"

namespace relance {

void LinuxEntropy::fill(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::getrandom(bytes.data(), bytes.size(), 0);
    if (count < 0 && errno == EINTR) continue;
    require(count > 0, "the kernel gives no randomness");
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
}

}  // namespace relance
