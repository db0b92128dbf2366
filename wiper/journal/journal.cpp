#include "wiper/journal/journal.h"

#include <algorithm>
#include <charconv>

#include "wiper/base/crc32.h"
#include "wiper/crypto/hash.h"

namespace relance {
namespace {

constexpr std::size_t kLongestLine = std::size_t{4} << 20;  // 20 000 ranges; SweepLimits stays far below.
constexpr std::size_t kCrcDigits = 8;
constexpr nanoseconds kStickPatience = std::chrono::seconds(30);  // A worn stick sorts its blocks for seconds.

std::string path_of(const std::string& run) { return std::string(kJournalFolder) + "/" + run + ".txt"; }

std::string crc_of(std::string_view text) {
  std::array<std::byte, 4> bytes{};
  store_be<std::uint32_t>(bytes, crc32(as_bytes(text)));
  return to_hex(bytes);
}

template <class Integer>
std::optional<Integer> number_in(std::string_view text) {
  Integer number = 0;
  const auto [end, trouble] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (trouble != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::string_view take_field(std::string_view& rest) {
  const auto bar = rest.find('|');
  const std::string_view taken = rest.substr(0, bar);
  rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
  return taken;
}

// Nothing: the line does not check.
std::optional<JournalLine> parse_line(std::string_view text) {
  if (text.size() > kLongestLine || text.size() < kCrcDigits + 1 || text[text.size() - kCrcDigits - 1] != '|')
    return std::nullopt;
  std::string_view rest = text.substr(0, text.size() - kCrcDigits - 1);
  if (crc_of(rest) != text.substr(text.size() - kCrcDigits)) return std::nullopt;
  const auto number = number_in<std::uint64_t>(take_field(rest));
  const std::string_view drive = take_field(rest);
  const auto time_s = number_in<std::int64_t>(take_field(rest));
  const Result<Value> value = parse_json(rest);
  if (!number || !time_s || !value.ok()) return std::nullopt;
  Result<Event> event = event_from_value(value.value());
  if (!event.ok()) return std::nullopt;
  return JournalLine{*number, std::string(drive), *time_s, std::move(event).value()};
}

}  // namespace

std::string to_line(const JournalLine& line) {
  const std::string text = std::to_string(line.number) + "|" + line.drive + "|" + std::to_string(line.time_s) + "|" +
                           to_json(event_to_value(line.event));
  return text + "|" + crc_of(text) + "\n";
}

Result<JournalText> parse_journal(std::string_view text) {
  JournalText journal;
  journal.sha256 = to_hex(sha256(as_bytes(text)));
  while (!text.empty()) {
    const auto newline = text.find('\n');
    if (newline == std::string_view::npos) break;  // Torn: never acknowledged.
    std::optional<JournalLine> line = parse_line(text.substr(0, newline));
    text.remove_prefix(newline + 1);
    if (!line) continue;
    if (line->number == 0 || line->number > journal.next_number())
      return Error{Errc::Corrupt, Stop::JournalDamaged,
                   "line " + std::to_string(journal.next_number()) + " of the journal is missing"};
    journal.lines.resize(static_cast<std::size_t>(line->number - 1));
    journal.lines.push_back(*std::move(line));
  }
  return journal;
}

// Shared by the journal, its recorders and the writer: a thread that runs while lines wait, and the only one that touches
// the stick. A stick that hangs keeps the writer; jobs and supervisor go on.
struct Journal::Book : std::enable_shared_from_this<Book> {
  Book(std::shared_ptr<Store> where, Executor& with, std::string name, std::uint64_t number, OnKept hears)
      : store(std::move(where)),
        executor(with),
        run(std::move(name)),
        on_kept(std::move(hears)),
        next_number(number),
        tail_may_be_torn(number != 1) {}

  const std::shared_ptr<Store> store;
  Executor& executor;
  const std::string run;
  const OnKept on_kept;  // Null: nobody listens.

  mutable std::mutex mutex;  // Of all below; not held over the stick.
  std::uint64_t next_number;
  std::vector<JournalLine> pending;  // Numbered, not acknowledged by the stick.
  bool is_writing = false;
  std::uint64_t being_written = 0;  // Up to this number, while the writer is at the stick.
  bool tail_may_be_torn;            // Closed by an empty line before the next append.
  Error refusal;                    // The stick's last one.

  // Adds a line; its number and its time are given here.
  std::uint64_t add(const std::string& drive, const Event& event) {
    const std::int64_t time_s = executor.pc_clock_s();
    const std::lock_guard lock(mutex);
    pending.push_back({next_number, drive, time_s, event});
    return next_number++;
  }

  // Takes back what announce() added, if the stick did not take it: the act will not happen. A line that is on its way, or
  // has others behind it, stays and says no more than that somebody was about to act.
  void withdraw(std::uint64_t number) {
    const std::lock_guard lock(mutex);
    if (number <= being_written || pending.empty() || pending.back().number != number) return;
    pending.pop_back();
    --next_number;
  }

  bool is_acknowledged(std::uint64_t number) const {
    const std::lock_guard lock(mutex);
    return pending.empty() || pending.front().number > number;
  }
  bool is_at_rest() const {
    const std::lock_guard lock(mutex);
    return !is_writing;
  }

  void write_soon() {
    {
      const std::lock_guard lock(mutex);
      if (is_writing || pending.empty()) return;
      is_writing = true;
    }
    (void)executor.start("journal",
                         [book = shared_from_this()] { book->write_pending(); });  // Its end wakes who waits.
  }

  // The writer: until nothing waits, or the stick refuses. After it has come to rest it touches nothing any more.
  void write_pending() {
    while (const std::optional<std::string> text = next_text()) {
      const Result<void> written = store->append(path_of(run), as_bytes(*text));
      std::vector<JournalLine> kept;
      {
        const std::lock_guard lock(mutex);
        tail_may_be_torn = !written.ok();
        if (written.ok()) kept = take_written();
        being_written = 0;
        if (!written.ok()) {
          refusal = written.error();
          is_writing = false;
          return;
        }
      }
      executor.notify();
      if (on_kept) std::for_each(kept.begin(), kept.end(), on_kept);
    }
  }

  // With the lock held: what the stick has now.
  std::vector<JournalLine> take_written() {
    const auto behind = std::find_if(pending.begin(), pending.end(),
                                     [this](const JournalLine& line) { return line.number > being_written; });
    std::vector<JournalLine> written(std::make_move_iterator(pending.begin()), std::make_move_iterator(behind));
    pending.erase(pending.begin(), behind);
    return written;
  }

  // Nothing: the writer is at rest.
  std::optional<std::string> next_text() {
    const std::lock_guard lock(mutex);
    is_writing = !pending.empty();
    if (!is_writing) return std::nullopt;
    std::string text = tail_may_be_torn ? "\n" : "";
    for (const JournalLine& line : pending) text += to_line(line);
    being_written = pending.back().number;
    return text;
  }

  // Until the stick has the line, or has refused, or does not answer.
  Result<void> wait_for(std::uint64_t number) {
    write_soon();
    (void)executor.wait([&] { return is_acknowledged(number) || is_at_rest(); }, executor.now() + kStickPatience);
    return outcome_of(number);
  }

  // All lines that there are, and the writer at rest.
  Result<void> settle() {
    write_soon();
    (void)executor.wait([&] { return is_at_rest(); },
                        executor.now() + kStickPatience);  // What came of it is asked below.
    const std::lock_guard lock(mutex);
    if (pending.empty()) return {};
    if (is_writing) return no_answer();
    return refusal;
  }

 private:
  static Error no_answer() { return {Errc::Timeout, Stop::StickGone, "the stick does not answer"}; }

  Result<void> outcome_of(std::uint64_t number) const {
    const std::lock_guard lock(mutex);
    if (pending.empty() || pending.front().number > number) return {};
    if (is_writing) return no_answer();
    return refusal;
  }
};

class Journal::DriveRecorder : public Recorder {
 public:
  DriveRecorder(std::shared_ptr<Book> book, std::string drive) : book_(std::move(book)), drive_(std::move(drive)) {}

  Result<void> announce(const Event& event) override {
    const std::uint64_t number = book_->add(drive_, event);
    Result<void> written = book_->wait_for(number);
    if (!written.ok()) book_->withdraw(number);
    return written;
  }

  void report(const Event& event) override {
    book_->add(drive_, event);
    book_->write_soon();  // What the stick does not take now waits in memory.
  }

  Result<void> settle() override { return book_->settle(); }

 private:
  std::shared_ptr<Book> book_;
  std::string drive_;
};

Journal::Journal(std::shared_ptr<Store> store, Executor& executor, std::string run, std::uint64_t next_number,
                 OnKept on_kept)
    : book_(std::make_shared<Book>(std::move(store), executor, std::move(run), next_number, std::move(on_kept))) {}

std::shared_ptr<Recorder> Journal::recorder(std::string drive) {
  return std::make_shared<DriveRecorder>(book_, std::move(drive));
}

Result<void> Journal::settle() { return book_->settle(); }

std::size_t Journal::waiting() const {
  const std::lock_guard lock(book_->mutex);
  return book_->pending.size();
}

bool Journal::is_refused() const {
  const std::lock_guard lock(book_->mutex);
  return !book_->pending.empty() && !book_->is_writing;
}

const std::string& Journal::run() const { return book_->run; }

Result<JournalText> Journal::read(Store& store, const std::string& run) {
  const Bytes file = TRY(store.read(path_of(run)));
  return parse_journal(as_text(file));
}

Result<std::vector<std::string>> Journal::runs(Store& store) {
  std::vector<std::string> names = TRY(store.list(kJournalFolder));
  std::vector<std::string> runs;
  for (const std::string& name : names)
    if (name.size() > 4 && name.ends_with(".txt")) runs.push_back(name.substr(0, name.size() - 4));
  std::sort(runs.begin(), runs.end());
  return runs;
}

}  // namespace relance
