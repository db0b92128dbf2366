#pragma once
// ATA commands through SCSI: ATA PASS-THROUGH(16) of SAT. What Linux offers for SATA disks, and what USB bridges and SAS
// controllers understand.

#include <memory>

#include "wiper/command/ata.h"
#include "wiper/command/scsi.h"

namespace relance {

class SatPort : public AtaPort {
 public:
  explicit SatPort(std::unique_ptr<ScsiPort> port) : port_(std::move(port)) {}
  Result<AtaReply> submit(const AtaCommand& command) override;

 private:
  std::unique_ptr<ScsiPort> port_;
};

ScsiCommand ata_pass_through(const AtaCommand& command);
// The other way: what is inside a CDB; nothing if that is no whole ATA PASS-THROUGH(16) of the kinds that we know.
std::optional<AtaCommand> ata_command_in(const ScsiCommand& command);
// What a SCSI answer says about the ATA command inside. Errors: Unsupported (no ATA commands this way), Busy, Io.
Result<AtaReply> ata_reply_in(const AtaCommand& command, const ScsiReply& reply);

}  // namespace relance
