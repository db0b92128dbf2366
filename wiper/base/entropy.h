#pragma once
// Randomness as an argument: the kernel's in wiper/linux, a seed's in wiper/sim.

#include <cstddef>
#include <span>

namespace relance {

class Entropy {
 public:
  virtual ~Entropy() = default;
  // Fills all of it. Blocks until the kernel's pool is ready; cannot fail afterwards. Any thread may call.
  virtual void fill(std::span<std::byte> bytes) = 0;
};

}  // namespace relance
