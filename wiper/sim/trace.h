#pragma once
// What happened in a simulation, in order: same seed, same trace. The hash is always kept; the lines only when somebody
// wants to read them.

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace relance {

// Any thread may call any member.
class Trace {
 public:
  enum class Keep : std::uint8_t { Hash, Lines };
  explicit Trace(Keep keep = Keep::Hash) : keep_(keep) {}

  void note(std::string_view line);
  std::uint64_t hash() const;
  std::vector<std::string> lines() const;

 private:
  const Keep keep_;
  mutable std::mutex mutex_;                 // Of all below.
  std::uint64_t hash_ = 0xCBF29CE484222325;  // FNV-1a, 64 bits.
  std::vector<std::string> lines_;
};

}  // namespace relance
