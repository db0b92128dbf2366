#include "wiper/journal/journal.h"

#include <algorithm>
#include <set>

#include "wiper/base/crc32.h"
#include "wiper/base/plain_text.h"
#include "wiper/crypto/hash.h"

namespace relance {
namespace {

constexpr std::size_t kLongestLine = std::size_t{4} << 20;  // 20 000 ranges; SweepLimits stays far below.
constexpr std::size_t kCrcDigits = 8;
constexpr nanoseconds kStickPatience = std::chrono::seconds(30);  // A worn stick sorts its blocks for seconds.

constexpr std::array<std::string_view, 2> kCopies{".txt", ".bis"};

std::string path_of(const std::string& run, std::size_t copy) {
  return std::string(kJournalFolder) + "/" + run + std::string(kCopies.at(copy));
}

std::string crc_of(std::string_view text) {
  std::array<std::byte, 4> bytes{};
  store_be<std::uint32_t>(bytes, crc32(as_bytes(text)));
  return to_hex(bytes);
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
  const auto number = whole_number<std::uint64_t>(take_field(rest));
  const std::string_view drive = take_field(rest);
  const auto time_s = whole_number<std::int64_t>(take_field(rest));
  const Result<Value> value = parse_json(rest);
  if (!number || !time_s || !value.ok()) return std::nullopt;
  Result<Event> event = event_from_value(value.value());
  if (!event.ok()) return std::nullopt;
  return JournalLine{*number, std::string(drive), *time_s, std::move(event).value()};
}

// What one copy says: its numbers rise, and may have gaps.
std::vector<JournalLine> lines_in(std::string_view text) {
  std::vector<JournalLine> lines;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    if (newline == std::string_view::npos) break;  // Torn: never acknowledged.
    std::optional<JournalLine> line = parse_line(text.substr(0, newline));
    text.remove_prefix(newline + 1);
    if (!line || line->number == 0) continue;
    while (!lines.empty() && lines.back().number >= line->number) lines.pop_back();
    lines.push_back(*std::move(line));
  }
  return lines;
}

std::uint64_t last_number(const std::vector<JournalLine>& lines) { return lines.empty() ? 0 : lines.back().number; }

const JournalLine* find_line(const std::vector<JournalLine>& lines, std::uint64_t number) {
  const auto found = std::ranges::lower_bound(lines, number, {}, &JournalLine::number);
  return found != lines.end() && found->number == number ? &*found : nullptr;
}

// Up to which number a copy holds these lines.
std::uint64_t common_beginning(const std::vector<JournalLine>& copy, const std::vector<JournalLine>& lines) {
  const auto [end, _] = std::ranges::mismatch(copy, lines);
  return static_cast<std::uint64_t>(end - copy.begin());
}

std::string digest_of(const std::vector<JournalLine>& lines) {
  Sha256 hash;
  for (const JournalLine& line : lines) hash.update(as_bytes(to_line(line)));
  return to_hex(hash.finish());
}

}  // namespace

std::string to_line(const JournalLine& line) {
  const std::string text = std::to_string(line.number) + "|" + line.drive + "|" + std::to_string(line.time_s) + "|" +
                           to_json(event_to_value(line.event));
  return text + "|" + crc_of(text) + "\n";
}

Result<JournalText> parse_journal(std::string_view copy, std::string_view other_copy) {
  const std::array<std::vector<JournalLine>, 2> copies{lines_in(copy), lines_in(other_copy)};
  // Where the two differ nobody acknowledged anything: from there on the one that goes further counts.
  const bool first_is_longer = last_number(copies[0]) >= last_number(copies[1]);
  const std::vector<JournalLine>& longer = copies.at(first_is_longer ? 0 : 1);
  const std::vector<JournalLine>& shorter = copies.at(first_is_longer ? 1 : 0);
  JournalText journal;
  bool they_differ = false;
  for (std::uint64_t number = 1; number <= last_number(longer); ++number) {
    const JournalLine* const line = find_line(longer, number);
    const JournalLine* const other = they_differ ? nullptr : find_line(shorter, number);
    they_differ = they_differ || (line != nullptr && other != nullptr && *line != *other);
    if (line == nullptr && other == nullptr)
      return Error{Errc::Corrupt, Stop::JournalDamaged,
                   "line " + std::to_string(number) + " of the journal is missing"};
    journal.lines.push_back(line != nullptr ? *line : *other);
  }
  for (std::size_t i = 0; i < copies.size(); ++i)
    journal.kept_until.at(i) = common_beginning(copies.at(i), journal.lines);
  journal.sha256 = digest_of(journal.lines);
  return journal;
}

// Shared by the journal, its recorders and the writer: a thread that runs while lines wait, and the only one that touches
// the stick. A stick that hangs keeps the writer; jobs and supervisor go on.
struct Journal::Book : std::enable_shared_from_this<Book> {
  // One of the two files.
  struct Copy {
    std::uint64_t next = 1;         // The first line that it has not acknowledged.
    bool tail_may_be_torn = false;  // Closed by an empty line before the next append.
  };

  Book(std::shared_ptr<Store> where, Executor& with, std::string name, const JournalText& so_far, OnKept hears)
      : store(std::move(where)),
        executor(with),
        run(std::move(name)),
        on_kept(std::move(hears)),
        first_new(so_far.next_number()),
        next_number(first_new) {
    for (std::size_t i = 0; i < copies.size(); ++i)
      copies.at(i) = {.next = so_far.kept_until.at(i) + 1, .tail_may_be_torn = !so_far.lines.empty()};
    const auto known = static_cast<std::ptrdiff_t>(kept_by_both() - 1);
    pending.assign(so_far.lines.begin() + known, so_far.lines.end());
  }

  const std::shared_ptr<Store> store;
  Executor& executor;
  const std::string run;
  const OnKept on_kept;           // Null: nobody listens.
  const std::uint64_t first_new;  // What stands before it was kept in an earlier process.

  mutable std::mutex mutex;  // Of all below; not held over the stick.
  std::uint64_t next_number;
  std::vector<JournalLine> pending;  // Numbered, not acknowledged by both copies.
  std::array<Copy, 2> copies;
  std::size_t turn = 0;  // Which copy is written next if neither is behind.
  bool is_writing = false;
  std::uint64_t being_written = 0;  // Up to this number, while the writer is at the stick.
  Error refusal;                    // The stick's last one.

  // The first number that one of them has not; with the lock held.
  std::uint64_t kept_by_both() const { return std::min(copies[0].next, copies[1].next); }

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
    for (Copy& copy : copies)
      copy.next = std::min(copy.next, next_number);  // Who has it gets another under that number.
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

  // The writer: until each copy has all lines or was refused once. After it has come to rest it touches nothing any more.
  void write_pending() {
    std::array<bool, 2> refused{};
    while (const std::optional<Batch> batch = next_batch(refused)) {
      const Result<void> written = store->append(path_of(run, batch->copy), as_bytes(batch->text));
      std::vector<JournalLine> kept;
      {
        const std::lock_guard lock(mutex);
        copies.at(batch->copy).tail_may_be_torn = !written.ok();
        if (written.ok()) kept = take_written(batch->copy);
        being_written = 0;
        refused.at(batch->copy) = !written.ok();
        if (!written.ok()) refusal = written.error();
      }
      executor.notify();
      if (on_kept) std::for_each(kept.begin(), kept.end(), on_kept);
    }
  }

  // With the lock held: the new lines that both copies have now.
  std::vector<JournalLine> take_written(std::size_t copy) {
    copies.at(copy).next = being_written + 1;
    turn = 1 - copy;
    const auto behind = std::ranges::lower_bound(pending, kept_by_both(), {}, &JournalLine::number);
    std::vector<JournalLine> written(std::make_move_iterator(pending.begin()), std::make_move_iterator(behind));
    pending.erase(pending.begin(), behind);
    std::erase_if(written, [this](const JournalLine& line) { return line.number < first_new; });
    return written;
  }

  struct Batch {
    std::size_t copy = 0;
    std::string text;
  };
  // For the copy that is behind, or whose turn it is. Nothing: the writer is at rest.
  std::optional<Batch> next_batch(const std::array<bool, 2>& refused) {
    const std::lock_guard lock(mutex);
    const auto lacks_lines = [&](std::size_t copy) { return !refused.at(copy) && copies.at(copy).next < next_number; };
    const std::size_t other = 1 - turn;
    const bool is_its_turn =
        lacks_lines(turn) && (copies.at(turn).next <= copies.at(other).next || !lacks_lines(other));
    Batch batch{.copy = is_its_turn ? turn : other, .text = ""};
    is_writing = lacks_lines(batch.copy);
    if (!is_writing) return std::nullopt;
    const Copy& copy = copies.at(batch.copy);
    if (copy.tail_may_be_torn) batch.text = "\n";
    for (const JournalLine& line : pending)
      if (line.number >= copy.next) batch.text += to_line(line);
    being_written = next_number - 1;
    return batch;
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

Journal::Journal(std::shared_ptr<Store> store, Executor& executor, std::string run, const JournalText& so_far,
                 OnKept on_kept)
    : book_(std::make_shared<Book>(std::move(store), executor, std::move(run), so_far, std::move(on_kept))) {
  book_->write_soon();  // What one copy has lost.
}

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
  std::array<Bytes, kCopies.size()> copies;
  std::optional<Error> trouble;
  bool have_one = false;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    Result<Bytes> file = store.read(path_of(run, i));
    have_one = have_one || file.ok();
    const bool is_missing = !file.ok() && file.error().code == Errc::Invalid;
    if (!file.ok() && (!trouble || !is_missing)) trouble = file.error();
    if (file.ok()) copies.at(i) = std::move(file).value();
  }
  if (!have_one) return *trouble;
  return parse_journal(as_text(copies[0]), as_text(copies[1]));
}

Result<std::vector<std::string>> Journal::runs(Store& store) {
  const std::vector<std::string> names = TRY(store.list(kJournalFolder));
  std::set<std::string> runs;
  for (const std::string& name : names)
    for (const std::string_view copy : kCopies)
      if (name.size() > copy.size() && name.ends_with(copy)) runs.insert(name.substr(0, name.size() - copy.size()));
  return std::vector<std::string>(runs.begin(), runs.end());
}

}  // namespace relance
