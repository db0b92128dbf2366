#pragma once
// The firmware of an ATA disk over a platter: what it says of itself, what it hides, its locks, its own erases. It behaves
// as ACS-3 says, and where ACS leaves a choice, as the worse of two drives. Liars answer that they have obeyed, and have not.

#include <set>

#include "wiper/command/ata.h"
#include "wiper/sim/simulated_drive.h"

namespace relance {

struct AtaTemper {
  // Sizes in logical blocks; 0: all that the platter has.
  std::uint64_t factory_blocks = 0;     // What DEVICE CONFIGURATION IDENTIFY gives.
  std::uint64_t configured_blocks = 0;  // After the overlay.
  std::uint64_t set_blocks = 0;         // After SET MAX or AMAC, kept for good.

  bool has_host_protected_area = true;
  bool has_accessible_max = false;  // Then the one above is not offered.
  bool has_configuration_overlay = true;
  bool is_overlay_frozen = false;
  bool is_restore_late = false;  // DEVICE CONFIGURATION RESTORE shows only after the next power-on.
  bool is_max_locked = false;    // By SET MAX's own lock: SET MAX is refused.

  bool is_security_frozen = false;
  std::optional<std::array<std::byte, 32>> password{};  // A user password was set by somebody before us.
  bool is_locked = false;

  bool has_sanitize = true;
  unsigned sanitize_polls = 4;                   // How many times its status is asked until it is done.
  std::optional<unsigned> sanitize_fails_at{};   // At this one it fails.
  std::optional<unsigned> sanitize_sticks_at{};  // From this one on it neither moves nor ends.
  bool is_sanitize_frozen = false;               // From power-on.
  std::byte leaves_after_crypto{0xC7};           // Of a crypto scramble: noise is one value here.
  std::byte leaves_after_erase{0};               // Of SECURITY ERASE and of block erase.

  bool rotates = true;
  bool erases_nothing =
      false;  // The best of liars: shows progress, says success, forgets the password, keeps the data.

  std::set<std::uint8_t> lies_about{};  // Opcodes that are answered with success, and nothing is done.
};

// Not for several threads at once. The drive outlives it.
class SimulatedAtaDrive : public AtaPort {
 public:
  SimulatedAtaDrive(SimulatedDrive& drive, AtaTemper temper);

  Result<AtaReply> submit(const AtaCommand& command) override;
  // Off and on again: locks close, what was set until power-off reverts, a sanitize goes on.
  void cycle_power();

  std::uint64_t current_blocks() const { return current_; }

 private:
  enum class Sanitize : std::uint8_t { Idle, Running, Succeeded, Failed };

  AtaReply obey(const AtaCommand& command);
  AtaReply identify() const;
  AtaReply native_max(const AtaCommand& command) const;
  AtaReply set_max(const AtaCommand& command);
  AtaReply accessible_max(const AtaCommand& command);
  AtaReply configuration(const AtaCommand& command);
  AtaReply security(const AtaCommand& command);
  AtaReply sanitize(const AtaCommand& command);
  AtaReply sanitize_status();
  AtaReply resize(std::uint64_t last_lba, bool for_good);
  void show(std::uint64_t blocks);
  void fill(std::uint64_t first, std::uint64_t count, std::byte value);

  SimulatedDrive& drive_;
  const AtaTemper temper_;
  const std::uint64_t factory_;
  std::uint64_t configured_;
  std::uint64_t kept_;                 // Comes back at power-on.
  std::uint64_t current_;              // Is addressed now.
  bool has_changed_for_good_ = false;  // Once a power cycle.
  std::uint8_t last_opcode_ = 0;
  bool is_frozen_ = false;
  bool is_locked_ = false;
  std::optional<std::array<std::byte, 32>> password_;
  Sanitize sanitize_ = Sanitize::Idle;
  std::byte sanitize_leaves_{0};
  unsigned polls_ = 0;
  bool is_sanitize_frozen_ = false;
};

}  // namespace relance
