#include "wiper/journal/journal.h"

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_store.h"
#include "wiper/crypto/hash.h"

namespace relance {
namespace {

Event overlay(std::string name) { return OverlaySaved{std::move(name), "JOURNAL/x.overlay", "ab"}; }

std::vector<std::string> names_of(const JournalText& text) {
  std::vector<std::string> names;
  for (const JournalLine& line : text.lines) names.push_back(std::get<OverlaySaved>(line.event).name);
  return names;
}

struct Desk {
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  InlineExecutor executor;
  std::vector<std::uint64_t> kept;
  Journal journal{store, executor, "run", {}, [this](const JournalLine& line) { kept.push_back(line.number); }};
  std::shared_ptr<Recorder> recorder = journal.recorder("1");

  Bytes& file() { return store->files["JOURNAL/run.txt"]; }
  Bytes& other_copy() { return store->files["JOURNAL/run.bis"]; }
  Result<JournalText> read() { return Journal::read(*store, "run"); }
};

TEST_SUITE("journal") {
  TEST_CASE("lines come back as they were written, and runs are listed") {
    Desk desk;
    CHECK(desk.recorder->announce(overlay("é|1")).ok());
    desk.recorder->report(overlay("b"));

    const JournalText text = desk.read().value();

    CHECK(names_of(text) == std::vector<std::string>{"é|1", "b"});
    CHECK(text.lines[0].drive == "1");
    CHECK(text.next_number() == 3);
    CHECK(Journal::runs(*desk.store).value() == std::vector<std::string>{"run"});
  }

  TEST_CASE("a text cut anywhere gives the lines that are whole, and never an error") {
    Desk desk;
    for (const char* name : {"a", "b", "c"}) CHECK(desk.recorder->announce(overlay(name)).ok());
    const std::string whole(as_text(desk.file()));
    std::size_t lines = 0;
    for (std::size_t length = 0; length <= whole.size(); ++length) {
      if (length > 0 && whole[length - 1] == '\n') ++lines;
      CAPTURE(length);
      CHECK(parse_journal(whole.substr(0, length)).value().lines.size() == lines);
    }
  }

  TEST_CASE("any changed byte of a line that is not among the last is seen") {
    Desk desk;
    for (const char* name : {"a", "b", "c"}) CHECK(desk.recorder->announce(overlay(name)).ok());
    const std::string whole(as_text(desk.file()));
    const std::size_t second = whole.find('\n') + 1;
    for (std::size_t place = 0; place < second; ++place) {
      std::string changed = whole;
      changed[place] = static_cast<char>(changed[place] ^ 1);
      CAPTURE(place);
      CHECK(!parse_journal(changed).ok());
    }
  }

  TEST_CASE("an announcement that the stick does not take never happened, whatever piece of it landed") {
    for (std::size_t torn = 0; torn < 200; ++torn) {
      CAPTURE(torn);
      Desk desk;
      CHECK(desk.recorder->announce(overlay("a")).ok());
      desk.store->torn_bytes = torn;
      CHECK(!desk.recorder->announce(overlay("never")).ok());
      CHECK(desk.recorder->announce(overlay("b")).ok());
      CHECK(names_of(desk.read().value()) == std::vector<std::string>{"a", "b"});
    }
  }

  TEST_CASE("a report waits in memory while the stick is away, in its order") {
    Desk desk;
    CHECK(desk.recorder->announce(overlay("a")).ok());
    desk.store->refusal = Error{Errc::Gone, Stop::StickGone, "pulled"};
    desk.recorder->report(overlay("b"));
    desk.recorder->report(overlay("c"));
    CHECK(!desk.recorder->settle().ok());
    CHECK(desk.journal.waiting() == 2);

    desk.store->refusal.reset();
    CHECK(desk.recorder->announce(overlay("d")).ok());

    CHECK(desk.journal.waiting() == 0);
    CHECK(names_of(desk.read().value()) == std::vector<std::string>{"a", "b", "c", "d"});
  }

  TEST_CASE("who listens hears of a line once the stick has it, not before") {
    Desk desk;
    CHECK(desk.recorder->announce(overlay("a")).ok());
    CHECK(desk.kept == std::vector<std::uint64_t>{1});
    desk.store->refusal = Error{Errc::Gone, Stop::StickGone, "pulled"};
    desk.recorder->report(overlay("b"));
    CHECK(desk.kept == std::vector<std::uint64_t>{1});
    CHECK(desk.journal.is_refused());
    desk.store->refusal.reset();
    desk.recorder->report(overlay("c"));
    CHECK(desk.kept == std::vector<std::uint64_t>{1, 2, 3});
    CHECK_FALSE(desk.journal.is_refused());
  }

  TEST_CASE("either copy alone, and any damage to one of them, gives the whole journal") {
    Desk desk;
    for (const char* name : {"a", "b", "c"}) CHECK(desk.recorder->announce(overlay(name)).ok());
    CHECK(desk.file() == desk.other_copy());
    const std::string whole(as_text(desk.file()));
    for (std::size_t place = 0; place < whole.size(); ++place) {
      CAPTURE(place);
      std::string changed = whole;
      changed[place] = static_cast<char>(changed[place] ^ 1);
      CHECK(parse_journal(changed, whole).value().lines.size() == 3);
      CHECK(parse_journal(whole.substr(0, place), whole).value().sha256 == to_hex(sha256(as_bytes(whole))));
      CHECK(parse_journal(whole, whole.substr(place)).value().kept_until[0] == 3);
    }
    desk.store->files.erase("JOURNAL/run.txt");
    CHECK(desk.read().value().lines.size() == 3);
    CHECK(Journal::runs(*desk.store).value() == std::vector<std::string>{"run"});
  }

  TEST_CASE("a line that both copies lost is damage") {
    Desk desk;
    for (const char* name : {"a", "b", "c"}) CHECK(desk.recorder->announce(overlay(name)).ok());
    desk.file()[0] = std::byte{'x'};
    desk.other_copy()[0] = std::byte{'x'};
    CHECK(desk.read().error().stop == Stop::JournalDamaged);
  }

  TEST_CASE("a run that goes on gives each copy what it has lost, and tells nobody twice") {
    Desk desk;
    for (const char* name : {"a", "b", "c"}) CHECK(desk.recorder->announce(overlay(name)).ok());
    desk.other_copy().resize(desk.other_copy().size() / 2);
    std::vector<std::uint64_t> kept;

    Journal again(desk.store, desk.executor, "run", desk.read().value(),
                  [&](const JournalLine& line) { kept.push_back(line.number); });
    CHECK(again.settle().ok());
    CHECK(names_of(parse_journal(as_text(desk.other_copy())).value()) == std::vector<std::string>{"a", "b", "c"});
    CHECK(again.recorder("1")->announce(overlay("d")).ok());

    CHECK(names_of(parse_journal(as_text(desk.file())).value()) == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(names_of(parse_journal(as_text(desk.other_copy())).value()) == std::vector<std::string>{"a", "b", "c", "d"});
    CHECK(kept == std::vector<std::uint64_t>{4});
  }

  TEST_CASE(
      "a line that only one copy took is not kept, and where the copies differ the one that goes further counts") {
    Desk desk;
    CHECK(desk.recorder->announce(overlay("a")).ok());
    desk.store->refused_path = "JOURNAL/run.bis";
    CHECK(!desk.recorder->announce(overlay("never")).ok());
    CHECK(desk.kept == std::vector<std::uint64_t>{1});
    CHECK(names_of(parse_journal(as_text(desk.file())).value()) == std::vector<std::string>{"a", "never"});
    desk.store->refused_path = "JOURNAL/run.txt";
    desk.recorder->report(overlay("b"));
    desk.recorder->report(overlay("c"));

    CHECK(desk.kept == std::vector<std::uint64_t>{1});
    CHECK(names_of(desk.read().value()) == std::vector<std::string>{"a", "b", "c"});
    desk.store->refused_path.reset();
    CHECK(desk.recorder->settle().ok());
    CHECK(names_of(parse_journal(as_text(desk.file())).value()) == std::vector<std::string>{"a", "b", "c"});
  }

  TEST_CASE("a run goes on behind a torn tail") {
    Desk desk;
    CHECK(desk.recorder->announce(overlay("a")).ok());
    const auto torn = as_bytes("2|1|17000");
    desk.file().insert(desk.file().end(), torn.begin(), torn.end());

    Journal again(desk.store, desk.executor, "run", desk.read().value());
    CHECK(again.recorder("1")->announce(overlay("b")).ok());

    CHECK(names_of(desk.read().value()) == std::vector<std::string>{"a", "b"});
  }
}

}  // namespace
}  // namespace relance
