#pragma once
// A run's journal lies on the stick twice, JOURNAL/RUN.txt and JOURNAL/RUN.bis, written by turns: while one of them is open
// for writing the other is at rest and whole. A line counts as kept once both have it. One line an event, append-only:
//
//   NUMBER|DRIVE|SECONDS|JSON|CRC
//
// NUMBER counts from 1 without a gap; DRIVE is the tag of the drive in this run ("1"); SECONDS since 1970 by the PC's clock;
// JSON is the event; CRC is the CRC-32 (ISO-HDLC, as in zip) of all before the last '|', 8 lower-case hex digits.
//
// Whatever does not check is a torn append, which nobody acknowledged: it is dropped. A number that comes again replaces
// what stood there and behind it: its first append had failed, and landed all the same. What one copy lost the other still
// has, and a run that goes on writes it again. A number that both miss was acknowledged once: the journal is damaged
// (Errc::Corrupt, Stop::JournalDamaged).

#include <array>
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
  std::string sha256;                         // Lower-case hex, of these lines: of a copy that lost none and tore none.
  std::array<std::uint64_t, 2> kept_until{};  // Each copy has the lines up to this number.
  std::uint64_t next_number() const { return lines.size() + 1; }
  bool operator==(const JournalText&) const = default;
};
Result<JournalText> parse_journal(std::string_view copy, std::string_view other_copy = {});

// The run's name is its file's: letters, digits and '-'. One thread of the executor writes while lines wait; nobody else
// touches the stick, so that one which hangs stops neither a supervisor nor a screen.
class Journal {
 public:
  using OnKept = std::function<void(const JournalLine&)>;

  // Goes on behind what was read; nothing: a new run. `on_kept` hears of each new line once the stick has it, on the thread
  // that writes.
  Journal(std::shared_ptr<Store> store, Executor& executor, std::string run, const JournalText& so_far = {},
          OnKept on_kept = {});

  // Speaks for one drive; may outlive the Journal.
  std::shared_ptr<Recorder> recorder(std::string drive);
  // All that waits in memory goes to the stick now, or says why it cannot.
  Result<void> settle();
  std::size_t waiting() const;  // Lines in memory.
  bool is_refused() const;      // They wait because the stick did not take them.
  const std::string& run() const;

  // A copy that cannot be read is one that lost everything, as long as the other can.
  static Result<JournalText> read(Store& store, const std::string& run);
  // Names of all runs on the stick, in the order of their names.
  static Result<std::vector<std::string>> runs(Store& store);

 private:
  struct Book;
  class DriveRecorder;
  std::shared_ptr<Book> book_;
};

}  // namespace relance
