#pragma once
// The kernel's randomness.

#include "wiper/base/entropy.h"

namespace relance {

class LinuxEntropy : public Entropy {
 public:
  void fill(std::span<std::byte> bytes) override;
};

}  // namespace relance
