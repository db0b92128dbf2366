#pragma once
// One SCSI command as the bytes that go out, and what comes back.

#include <chrono>
#include <string_view>

#include "wiper/base/bytes.h"

namespace relance {

struct ScsiCommand {
  std::string_view name;  // As its standard calls it: for errors and logs.
  Bytes cdb;              // 6, 10, 12 or 16 bytes.
  std::size_t bytes_in = 0;
  Bytes bytes_out{};  // Never both ways.
  std::chrono::seconds patience{30};

  bool operator==(const ScsiCommand&) const = default;
};

struct ScsiReply {
  static constexpr std::uint8_t kGood = 0x00;
  static constexpr std::uint8_t kCheckCondition = 0x02;

  std::uint8_t status = kGood;
  Bytes sense;
  Bytes data;  // As many as came, at most bytes_in.
  bool operator==(const ScsiReply&) const = default;
};

// As for ATA; of an ATA command inside the CDB, what that one does.
bool changes_nothing(const ScsiCommand& command);

// Not for several threads at once. Any SCSI status is an answer, not an Error. Errors: Gone, Timeout, Io (what lies between
// failed), Refused (not without a confirmation), Unsupported (this device takes no SCSI commands).
class ScsiPort {
 public:
  virtual ~ScsiPort() = default;
  virtual Result<ScsiReply> submit(const ScsiCommand& command) = 0;
};

// For those who hold no confirmation: passes on what changes nothing, refuses the rest.
class LookingScsiPort : public ScsiPort {
 public:
  explicit LookingScsiPort(ScsiPort& port) : port_(port) {}
  Result<ScsiReply> submit(const ScsiCommand& command) override;

 private:
  ScsiPort& port_;
};

}  // namespace relance
