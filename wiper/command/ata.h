#pragma once
// One ATA command as the registers that it fills, and what comes back. The words are those of ACS: feature, count, LBA,
// device; a 48-bit command has them twice as wide.

#include <chrono>
#include <optional>
#include <string_view>

#include "wiper/base/bytes.h"

namespace relance {

enum class AtaProtocol : std::uint8_t { NonData, PioIn, PioOut };

struct AtaCommand {
  std::string_view name;  // As ACS calls it: for errors and logs.
  std::uint8_t opcode = 0;
  AtaProtocol protocol = AtaProtocol::NonData;
  bool is_48_bit = false;
  std::uint16_t feature = 0;
  std::uint16_t count = 0;
  std::uint64_t lba = 0;  // 48 bits; of a 28-bit command 27:24 travel in the device register.
  std::uint8_t device = 0x40;
  Bytes bytes_out{};  // One block, for PioOut. PioIn always brings one block.
  std::chrono::seconds patience{15};

  bool operator==(const AtaCommand&) const = default;
};

inline constexpr std::size_t kAtaBlock =
    512;  // IDENTIFY, passwords, DCO: always this, whatever the drive's sectors are.

struct AtaRegisters {
  static constexpr std::uint8_t kStatusError = 0x01;
  static constexpr std::uint8_t kStatusFault = 0x20;
  static constexpr std::uint8_t kErrorAborted = 0x04;

  std::uint8_t error = 0;
  std::uint8_t status = 0;
  std::uint8_t device = 0;
  std::uint16_t count = 0;
  std::uint64_t lba = 0;
  // Fixed-format sense has no room for all of it: what is not whole is not to be relied on.
  bool count_is_whole = true;
  bool lba_is_whole = true;

  bool is_failure() const { return (status & (kStatusError | kStatusFault)) != 0; }
  bool operator==(const AtaRegisters&) const = default;
};

struct AtaReply {
  bool failed = false;  // The drive ended the command with an error; nearly always: it refuses (aborted).
  std::optional<AtaRegisters> registers;  // Nothing: what lies between did not hand them on.
  Bytes data;                             // Of PioIn, one block; empty if the command failed.
  bool operator==(const AtaReply&) const = default;
};

// Whether a drive that obeys this command is afterwards as it was: same blocks, same limits, same locks. A list of what is
// known to be harmless, read off the registers that are really sent; whatever is not on it changes something.
bool changes_nothing(const AtaCommand& command);

// Not for several threads at once. A command that the drive refuses is an answer (AtaReply::failed), not an Error.
// Errors: Unsupported (no ATA commands can be sent this way), Refused (not without a confirmation), Gone, Timeout, Io.
class AtaPort {
 public:
  virtual ~AtaPort() = default;
  virtual Result<AtaReply> submit(const AtaCommand& command) = 0;
};

// For those who hold no confirmation: passes on what changes nothing, refuses the rest.
class LookingAtaPort : public AtaPort {
 public:
  explicit LookingAtaPort(AtaPort& port) : port_(port) {}
  Result<AtaReply> submit(const AtaCommand& command) override;

 private:
  AtaPort& port_;
};

}  // namespace relance
