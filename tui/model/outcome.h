#pragma once
// What a run came to, for one drive: for the last screen, for the command line and for its exit code alike.

#include <optional>
#include <string>

#include "wiper/journal/evidence.h"

namespace relance {

// Scripts rely on these numbers.
enum class ExitCode : std::uint8_t {
  Done = 0,  // Done and verified.
  Usage = 2,
  Refused = 3,      // Nothing was written.
  Failed = 4,       // For check: refused.
  Interrupted = 5,  // Can be resumed.
  Reserve = 6,      // Done with reserve.
};

struct DriveOutcome {
  std::string drive;  // Tag in the journal.
  Plan plan;
  ExitCode exit = ExitCode::Failed;
  std::optional<Verdict> verdict;  // Of the journal as read back from the stick.
  std::vector<BadRange> bad_ranges;
  std::size_t interruptions = 0;
  std::string certificate;             // Its file on the stick; empty: none was written.
  std::string trial_word = {};         // Of a system that is to be started once now; empty: it is not.
  std::vector<TrialCheck> trial = {};  // What it tried when it was.
  std::optional<Error> error;          // What stopped it, or what the stick refused.
};

// What a drive that was only read held, compared with a content by name ("zero").
struct Verification {
  DriveFacts drive;
  std::string content;
  std::uint64_t blocks_wanted = 0;  // That should have been read.
  ExtentSet equal;
  ExtentSet differing;
  ExtentSet unreadable;
  ExtentSet unproven;  // Beside these: what only the image could prove, of which no more than the manifest was here.
  bool is_complete = false;

  bool is_good() const {
    return is_complete && equal.block_count() == blocks_wanted && differing.empty() && unreadable.empty();
  }
};

// The worst of several drives: failed, then interrupted, then refused, then reserve.
ExitCode worst(ExitCode one, ExitCode other);

}  // namespace relance
