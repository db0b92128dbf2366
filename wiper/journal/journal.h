#pragma once
// One file a run, JOURNAL/RUN.txt, one line an event, append-only:
//
//   NUMBER|DRIVE|SECONDS|JSON|CRC
//
// NUMBER counts from 1 without a gap; DRIVE is the tag of the drive in this run ("1"); SECONDS since 1970 by the PC's clock;
// JSON is the event; CRC is the CRC-32 (ISO-HDLC, as in zip) of all before the last '|', 8 lower-case hex digits.
// A torn last line (no newline, or a wrong CRC at the very end) is dropped: it was never acknowledged. A wrong line before
// the end is Corrupt: Stop::JournalDamaged. Readers bound every length.

#include <memory>
#include <mutex>

#include "wiper/journal/recorder.h"
#include "wiper/stick/store.h"

namespace relance {

struct JournalLine {
  std::uint64_t number = 0;
  std::string drive;
  std::int64_t time_s = 0;
  Event event;
  bool operator==(const JournalLine&) const = default;
};

std::string to_line(const JournalLine& line);  // With its newline.
struct JournalText {
  std::vector<JournalLine> lines;
  std::size_t whole_bytes = 0;  // Length of the text without a torn tail.
  bool operator==(const JournalText&) const = default;
};
Result<JournalText> parse_journal(std::string_view text);

// The run's name is its file's: letters, digits and '-'.
class Journal {
 public:
  // `next_number` continues a file that was read; 1 starts a new one. A torn tail is closed by a newline first.
  Journal(Store& store, Executor& executor, std::string run, std::uint64_t next_number, bool torn_tail = false);

  std::shared_ptr<Recorder> recorder(std::string drive);
  Result<void> settle();
  std::size_t waiting() const;  // Lines in memory.
  std::string file() const;

  static Result<JournalText> read(Store& store, const std::string& run);
  // Names of all runs on the stick, oldest first.
  static Result<std::vector<std::string>> runs(Store& store);

 private:
  class DriveRecorder;
  struct Shared;
  std::shared_ptr<Shared> shared_;
};

}  // namespace relance
