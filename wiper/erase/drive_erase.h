#pragma once
// One erase by a drive's own firmware: start(), then poll() until it runs no more, then proof(). Success is never inferred
// from a drive that is idle: only from a start that was seen, and progress or a changed status after it.

#include <chrono>
#include <functional>
#include <memory>

#include "wiper/command/ata.h"
#include "wiper/command/nvme.h"
#include "wiper/erase/erase_proof.h"

namespace relance {

struct EraseStatus {
  bool is_running = false;
  std::uint16_t progress = 0;  // Of 65536.
};

struct EraseSetup {
  // Returns when the intent is on the stick; on an error nothing is sent.
  std::function<Result<void>(const EraseIntent&)> announce;
  std::optional<EraseIntent> before = {};  // Of the same run, before it was interrupted: the last one.
  unsigned times_before = 0;
};

// A command is sent a second time after an interruption, never a third time.
inline constexpr unsigned kMostEraseStarts = 2;

// The password is the program's name: anybody who finds a drive of ours locked can open it.
std::array<std::byte, 32> erase_password();

// Not for several threads at once. What the drive answers is in the proof; errors are those of the stick (announce), and
// Gone.
class DriveErase {
 public:
  DriveErase(EraseCommand command, EraseSetup setup) : setup_(std::move(setup)) { proof_.report_.command = command; }
  virtual ~DriveErase() = default;
  DriveErase(const DriveErase&) = delete;
  DriveErase& operator=(const DriveErase&) = delete;

  // SECURITY ERASE UNIT and Format answer only when they are done: within patience().
  virtual Result<EraseStatus> start() = 0;
  virtual Result<EraseStatus> poll() = 0;
  // Of start(). Known before it.
  virtual std::chrono::seconds patience() const = 0;
  // What the drive expects of itself, once started; nothing: it does not say.
  virtual std::optional<std::chrono::seconds> expected() const { return std::nullopt; }

  // The watch over it has given up: it neither moves nor ends.
  EraseProof given_up();
  const EraseProof& proof() const { return proof_; }
  const std::optional<EraseIntent>& intent() const { return intent_; }  // As it was announced in this boot.

 protected:
  EraseCommand command() const { return proof_.report_.command; }
  const EraseSetup& setup() const { return setup_; }
  Result<void> announce(const EraseIntent& intent);
  // Once each time that the answer is another one: a poll every second is one line.
  void note(std::string_view command, std::string answer);
  void accept() { proof_.report_.was_accepted = true; }
  void see_movement() { proof_.report_.has_moved = true; }
  bool is_accepted() const { return proof_.report_.was_accepted; }
  bool has_moved() const { return proof_.report_.has_moved; }
  EraseStatus end(EraseOutcome outcome);

 private:
  EraseSetup setup_;
  EraseProof proof_;
  std::optional<EraseIntent> intent_;
};

// `command` is one of ATA's, or of NVMe's.
std::unique_ptr<DriveErase> make_ata_erase(EraseCommand command, std::unique_ptr<AtaPort> port, EraseSetup setup);
std::unique_ptr<DriveErase> make_nvme_erase(EraseCommand command, std::unique_ptr<NvmeAdminPort> port,
                                            EraseSetup setup);

// Takes that password off a drive that is locked, or to be locked at the next power-on. False: the drive keeps it.
Result<bool> take_password_off(AtaPort& port, const std::array<std::byte, 32>& password);

}  // namespace relance
