#pragma once
// One file a run, JOURNAL/RUN.txt, one line an event, append-only:
//
//   NUMBER|DRIVE|SECONDS|JSON|CRC
//
// NUMBER counts from 1 without a gap; DRIVE is the tag of the drive in this run ("1"); SECONDS since 1970 by the PC's clock;
// JSON is the event; CRC is the CRC-32 (ISO-HDLC, as in zip) of all before the last '|', 8 lower-case hex digits.
//
// Whatever does not check is a torn append, which nobody acknowledged: it is dropped. A number that comes again replaces
// what stood there and behind it: its first append had failed, and landed all the same. A number that is missing was
// acknowledged once: the journal is damaged (Errc::Corrupt, Stop::JournalDamaged).

#include <functional>
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
  std::string sha256;  // Lower-case hex, of the file as it was read.
  std::uint64_t next_number() const { return lines.size() + 1; }
  bool operator==(const JournalText&) const = default;
};
Result<JournalText> parse_journal(std::string_view text);

// The run's name is its file's: letters, digits and '-'. One thread of the executor writes while lines wait; nobody else
// touches the stick, so that one which hangs stops neither a supervisor nor a screen.
class Journal {
 public:
  using OnKept = std::function<void(const JournalLine&)>;

  // `next_number` continues a file that was read; 1 starts a new one. `on_kept` hears of each line once the stick has it, on
  // the thread that writes.
  Journal(std::shared_ptr<Store> store, Executor& executor, std::string run, std::uint64_t next_number,
          OnKept on_kept = {});

  // Speaks for one drive; may outlive the Journal.
  std::shared_ptr<Recorder> recorder(std::string drive);
  // All that waits in memory goes to the stick now, or says why it cannot.
  Result<void> settle();
  std::size_t waiting() const;  // Lines in memory.
  bool is_refused() const;      // They wait because the stick did not take them.
  const std::string& run() const;

  static Result<JournalText> read(Store& store, const std::string& run);
  // Names of all runs on the stick, in the order of their names.
  static Result<std::vector<std::string>> runs(Store& store);

 private:
  struct Book;
  class DriveRecorder;
  std::shared_ptr<Book> book_;
};

}  // namespace relance
