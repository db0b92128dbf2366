#include "wiper/ledger/ledger.h"

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_store.h"
#include "tests/support/workshop.h"
#include "wiper/base/iso_time.h"

namespace relance {
namespace {

constexpr std::int64_t kNow_s = kWorkshopBegan_s;

// A stick with its ledger, which is in service.
struct Desk {
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  InlineExecutor executor;
  Ledger ledger{store, executor, ledger_file(workshop().stick)};
  Desk() { REQUIRE(put_in_service(ledger, workshop().signer, kNow_s).ok()); }

  Result<LedgerLine> append(LedgerKind kind, const Value& entry, std::int64_t time_s = kNow_s) {
    return ledger.append(workshop().signer,
                         [&](const LedgerPlace&) -> Result<LedgerWish> { return LedgerWish{kind, entry, time_s}; });
  }
  LedgerLine begin(const std::string& run) {
    return append(LedgerKind::Begun, to_value(BegunEntry{run, "1", "aa", "bb", false, {}})).value();
  }
  LedgerLine end(std::uint64_t begun, LedgerKind kind = LedgerKind::Finished) {
    return append(kind, to_value(EndedEntry{begun, "EFFACE", std::string(64, 'c')})).value();
  }
  std::string text(const std::string& ending = ".txt") {
    return std::string(as_text(store->files.at("REGISTRE/registre-07" + ending)));
  }
  void set(const std::string& ending, std::string_view text) {
    const auto bytes = as_bytes(text);
    store->files["REGISTRE/registre-07" + ending] = Bytes(bytes.begin(), bytes.end());
  }
};

bool is_whole(const std::string& text) {
  const Result<LedgerCopy> copy = parse_ledger(text);
  return copy.ok() && check_signatures(copy.value().lines).ok();
}

TEST_SUITE("ledger") {
  TEST_CASE("its lines are signed, chained, in both files, and say when and what") {
    Desk desk;

    const LedgerLine begun = desk.begin("run-1");
    desk.end(begun.rank);

    const LedgerCopy copy = parse_ledger(desk.text()).value();
    CHECK(check_signatures(copy.lines).ok());
    REQUIRE(copy.lines.size() == 3);
    CHECK(copy.lines[0].kind == LedgerKind::InService);
    CHECK(copy.lines[2].previous == hash_of(copy.lines[1]));
    CHECK(copy.lines[1].time == iso_time(kNow_s));
    CHECK(desk.text() == desk.text(".bis"));
    CHECK(ledger_key(copy.lines).value().common_name() == "stick-07@Atelier");
  }

  TEST_CASE("what began and has not ended is open, until its own end comes") {
    Desk desk;
    const LedgerLine one = desk.begin("run-1");
    const LedgerLine other = desk.begin("run-2");

    desk.end(one.rank, LedgerKind::Failed);

    const std::vector<OpenBegun> open = open_begun(desk.ledger.read().value());
    REQUIRE(open.size() == 1);
    CHECK(open[0].rank == other.rank);
    CHECK(open[0].entry.run == "run-2");
    CHECK(last_begun(desk.ledger.read().value(), "run-1", "1")->rank == one.rank);
  }

  TEST_CASE("time never runs backwards in it") {
    Desk desk;

    const LedgerLine line = desk.append(LedgerKind::Boot, ValueMembers{}, 0).value();

    CHECK(line.time == iso_time(kNow_s));
    CHECK(is_whole(desk.text()));
  }

  TEST_CASE("whoever asks what to write learns the place first, and may refuse: then nothing is written") {
    Desk desk;
    const std::string before = desk.text();

    const Result<LedgerLine> refused = desk.ledger.append(workshop().signer, [&](const LedgerPlace& place) {
      CHECK(place.rank == 2);
      CHECK(place.previous == hash_of(place.lines.back()));
      return Result<LedgerWish>(Error{Errc::Refused, Stop::LedgerOther, "no"});
    });

    CHECK(refused.error().stop == Stop::LedgerOther);
    CHECK(desk.text() == before);
    CHECK(desk.append(LedgerKind::Boot, ValueMembers{}).ok());
  }

  TEST_CASE(
      "after every append that fails or tears, at any byte of either file, both files are whole and the same again") {
    Desk sample;
    const LedgerLine begun = sample.begin("run-1");
    const std::size_t line_bytes = to_text(begun).size() + 1;
    for (std::size_t torn = 0; torn <= line_bytes; ++torn) {
      CAPTURE(torn);
      Desk desk;
      desk.store->torn_bytes = torn;
      CHECK(!desk.append(LedgerKind::Begun, to_value(BegunEntry{"run-1", "1", "aa", "bb", false, {}})).ok());

      desk.begin("run-2");

      CHECK(is_whole(desk.text()));
      CHECK(parse_ledger(desk.text()).value().lines == parse_ledger(desk.text(".bis")).value().lines);
    }
  }

  TEST_CASE("a file that lags or is gone is filled up from the other") {
    Desk desk;
    const std::string old = desk.text();
    desk.begin("run-1");
    desk.set(".txt", old);
    desk.begin("run-2");
    CHECK(desk.text() == desk.text(".bis"));

    desk.store->files.erase("REGISTRE/registre-07.bis");
    desk.begin("run-3");
    CHECK(desk.text() == desk.text(".bis"));
    CHECK(is_whole(desk.text()));
  }

  TEST_CASE("one damaged file stays for whoever looks into it, and the other goes on; two are the end of it") {
    Desk desk;
    desk.begin("run-1");
    std::string damaged = desk.text();
    damaged[40] ^= 1;
    desk.set(".txt", damaged);

    CHECK(desk.append(LedgerKind::Boot, ValueMembers{}).ok());
    CHECK(desk.text() == damaged);
    CHECK(is_whole(desk.text(".bis")));

    desk.set(".bis", damaged);
    CHECK(desk.append(LedgerKind::Boot, ValueMembers{}).error().stop == Stop::LedgerDamaged);
  }

  TEST_CASE("two files that contradict each other are not written to") {
    Desk desk;
    Desk other;  // The same stick, once more: its copy.
    other.set(".txt", desk.text());
    other.set(".bis", desk.text());
    desk.begin("run-1");
    other.begin("run-2");
    desk.set(".bis", other.text());

    CHECK(desk.append(LedgerKind::Boot, ValueMembers{}).error().stop == Stop::LedgerDamaged);
  }

  TEST_CASE("another stick's key cannot add to it") {
    Desk desk;
    const PrivateKey stranger = PrivateKey::make();
    const KeyCertificate stick = certify_stick(workshop().root_key, workshop().root, stranger, "08", kNow_s).value();

    const Result<LedgerLine> added = desk.ledger.append(
        {stranger, stick},
        [](const LedgerPlace&) -> Result<LedgerWish> { return LedgerWish{LedgerKind::Boot, ValueMembers{}, kNow_s}; });

    CHECK(added.error().stop == Stop::LedgerDamaged);
  }
}

TEST_SUITE("ledger, altered") {
  const std::string& sample() {
    static const std::string text = [] {
      Desk desk;
      for (int i = 0; i < 3; ++i) desk.end(desk.begin("run-" + std::to_string(i)).rank);
      return desk.text();
    }();
    return text;
  }

  std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
      const auto newline = text.find('\n', at);
      lines.push_back(text.substr(at, newline - at + 1));
      at = newline + 1;
    }
    return lines;
  }
  std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) text += line;
    return text;
  }

  TEST_CASE("no bit of it is free") {
    REQUIRE(is_whole(sample()));
    for (std::size_t bit = 0; bit < sample().size() * 8; ++bit) {
      std::string flipped = sample();
      flipped[bit / 8] = static_cast<char>(static_cast<unsigned char>(flipped[bit / 8]) ^ (1U << (bit % 8)));
      if (!is_whole(flipped)) continue;
      FAIL("bit " << bit << " is free");
    }
  }

  TEST_CASE("a line deleted, swapped or told twice shows; a cut tail alone does not, which is what witnesses are for") {
    const std::vector<std::string> lines = lines_of(sample());
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
      std::vector<std::string> changed = lines;
      changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
      CHECK(!is_whole(joined(changed)));
      changed = lines;
      std::swap(changed[i], changed[i + 1]);
      CHECK(!is_whole(joined(changed)));
      changed = lines;
      changed.insert(changed.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
      CHECK(!is_whole(joined(changed)));
    }
    std::vector<std::string> cut = lines;
    cut.pop_back();
    CHECK(is_whole(joined(cut)));
  }

  TEST_CASE("a line cut short in the middle is no piece of an append") {
    std::vector<std::string> lines = lines_of(sample());
    lines[2] = lines[2].substr(0, 90) + "\n";
    CHECK(!is_whole(joined(lines)));
  }
}

}  // namespace
}  // namespace relance
