#include "wiper/sim/trace.h"

namespace relance {

void Trace::note(std::string_view line) {
  const std::lock_guard lock(mutex_);
  const auto mix = [this](unsigned char byte) { hash_ = (hash_ ^ byte) * 0x100000001B3; };
  for (const char letter : line) mix(static_cast<unsigned char>(letter));
  mix('\n');
  if (keep_ == Keep::Lines) lines_.emplace_back(line);
}

std::uint64_t Trace::hash() const {
  const std::lock_guard lock(mutex_);
  return hash_;
}

std::vector<std::string> Trace::lines() const {
  const std::lock_guard lock(mutex_);
  return lines_;
}

}  // namespace relance
