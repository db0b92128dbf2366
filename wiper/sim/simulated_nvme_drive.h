#pragma once
// The controller of an NVMe drive over a platter: what it says of itself, and its own erases. Liars answer that they have
// obeyed, and have not.

#include "wiper/command/nvme.h"
#include "wiper/sim/simulated_drive.h"

namespace relance {

struct NvmeTemper {
  bool has_sanitize = true;
  bool has_format = true;
  unsigned namespaces = 1;                       // The platter is the first one's.
  unsigned sanitize_polls = 4;                   // How many times its log is asked until it is done.
  std::optional<unsigned> sanitize_fails_at{};   // At this one it fails.
  std::optional<unsigned> sanitize_sticks_at{};  // From this one on it neither moves nor ends.
  std::byte leaves{0xC7};                        // After any erase; noise is one value here.
  bool answers_only = false;                     // To Sanitize and Format: success, and nothing at all happens.
  bool erases_nothing = false;                   // Goes through all motions, and keeps the data.
};

// Not for several threads at once. The drive outlives it.
class SimulatedNvmeDrive : public NvmeAdminPort {
 public:
  SimulatedNvmeDrive(SimulatedDrive& drive, const NvmeTemper& temper) : drive_(drive), temper_(temper) {}

  Result<NvmeReply> submit(const NvmeCommand& command) override;
  // Off and on again: a sanitize goes on.
  void cycle_power() { drive_.refuse_blocks(is_deaf()); }

 private:
  enum class Sanitize : std::uint8_t { NeverRan, Succeeded, Running, Failed };

  bool is_deaf() const { return sanitize_ == Sanitize::Running || sanitize_ == Sanitize::Failed; }
  NvmeReply identify(const NvmeCommand& command) const;
  NvmeReply sanitize(const NvmeCommand& command);
  NvmeReply sanitize_log();
  NvmeReply format(const NvmeCommand& command);
  void fill(std::uint64_t count);

  SimulatedDrive& drive_;
  const NvmeTemper temper_;
  Sanitize sanitize_ = Sanitize::NeverRan;
  std::uint32_t started_with_ = 0;
  unsigned polls_ = 0;
};

}  // namespace relance
