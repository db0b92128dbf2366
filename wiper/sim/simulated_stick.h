#pragma once
// Our own medium in memory: files that survive a power cut. As weak as Store allows: an append that has not returned may
// be torn, an error may leave a torn piece behind, a publish that has not returned may have happened.

#include <map>
#include <mutex>

#include "wiper/sim/fault_plan.h"
#include "wiper/sim/seam.h"
#include "wiper/sim/seeded_random.h"
#include "wiper/stick/store.h"

namespace relance {

enum class StickFaultKind : std::uint8_t { Full, ReadOnly, Pulled, TornAppend, ReadError, Hang };
template <>
struct EnumNames<StickFaultKind> {
  static constexpr std::array<std::string_view, 6> names{"full",        "read-only",  "pulled",
                                                         "torn-append", "read-error", "hang"};
};

// Strikes at the first operation of its sort from number `from` on, so many times in a row. A stick's operations are
// counted from 1 in each boot.
struct StickFault {
  StickFaultKind kind = StickFaultKind::Full;
  std::uint64_t from = 1;
  std::uint64_t times = 1;  // A stick that was pulled comes back, and one that is full gets room.
  nanoseconds span{0};      // Of a hang; kForEver.
};

std::string to_text(const std::vector<StickFault>& faults);  // For a failing test.

// Any thread may call any member.
class SimulatedStick : public Store {
 public:
  explicit SimulatedStick(std::uint64_t seed = 1) : random_(seed, "stick") {}

  Result<void> append(const std::string& path, std::span<const std::byte> bytes) override;
  Result<void> publish(const std::string& path, std::span<const std::byte> bytes) override;
  Result<Bytes> read(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  bool exists(const std::string& path) override;
  Result<void> try_out() override;

  // Between boots.
  void plug_into(std::shared_ptr<Seam> seam);
  void lay(std::vector<StickFault> faults);

  // For those who look from outside.
  std::map<std::string, Bytes> files() const;
  // When what was appended had landed: bytes of the file by then, and how many operations the seam had counted.
  struct Landing {
    std::string path;
    std::size_t size_bytes = 0;
    std::uint64_t at_operation = 0;
  };
  std::vector<Landing> landings() const;  // Of this boot.

 private:
  enum class Sort : std::uint8_t { Reads, Publishes, Appends };
  struct Outcome {
    Result<void> answer;
    bool may_have_happened = false;  // Wholly or in part, though the answer is an error.
  };
  Outcome act(Sort sort, const std::string& what);
  Outcome strike(const StickFault& fault);
  static bool strikes_at(StickFaultKind kind, Sort sort);
  std::optional<StickFault> next_fault(Sort sort);
  std::uint64_t draw_below(std::uint64_t bound);

  std::shared_ptr<Seam> seam_;  // Set between boots.
  mutable std::mutex mutex_;    // Of all below; never held over the seam.
  std::map<std::string, Bytes> files_;
  std::vector<StickFault> faults_;
  std::uint64_t operations_ = 0;
  std::vector<Landing> landings_;
  SeededRandom random_;
};

}  // namespace relance
