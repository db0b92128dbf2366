#include "wiper/journal/evidence.h"

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_drive.h"
#include "wiper/content/pattern.h"

namespace relance {
namespace {

const Geometry kSmall{.block_count = 64, .logical_bytes = 512, .physical_bytes = 512};

// A drive's journal as a job writes it, from real sweeps over a drive of memory.
struct Story {
  InlineExecutor executor;
  CountingEntropy entropy;
  MemoryDrive drive{kSmall};
  JournalText text;
  Plan plan;

  explicit Story(Policy policy = {.method = "zero"}) {
    DriveFacts facts;
    facts.geometry = kSmall;
    facts.medium = Medium::Rotating;
    facts.identity.serial = "S1";
    facts.identity.serial_source = SerialSource::Drive;
    plan = make_plan(facts, policy, {}).value();
  }

  void tell(Event event) {
    text.lines.push_back(
        {text.next_number(), "1", 1000 + static_cast<std::int64_t>(text.lines.size()), std::move(event)});
  }
  void start() { tell(RunStarted{.plan = plan}); }
  std::shared_ptr<Content> zeros() {
    return pattern_content("constant-00", constant_pattern(std::byte{0}), kSmall, {kSmall.whole()}, 4096);
  }
  void write() {
    tell(StepStarted{0, zeros()->identity()});
    tell(WriteFinished{0, Sweep({.executor = executor, .entropy = entropy}, zeros()).write(drive)});
  }
  void compare() {
    tell(StepStarted{1, zeros()->identity()});
    tell(CompareFinished{1, ReadBackRecord(Sweep({.executor = executor, .entropy = entropy}, zeros()).compare(drive))});
  }
  void finish() { tell(RunEnded{.end = RunEnd::Finished}); }

  Evidence evidence() { return evidence_of(text, "1").value(); }
  Verdict verdict() { return final_verdict(evidence()); }
};

Verdict only(VerdictKind kind, Sentence reason, std::vector<std::string> arguments = {}) {
  return {kind, {{reason, std::move(arguments)}}};
}

TEST_SUITE("verdict") {
  TEST_CASE("every block written, read and equal: EFFACE") {
    Story story;
    story.start();
    story.write();
    story.compare();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::Erased, Sentence::ReasonAllRead));
    CHECK(story.evidence().proven_erased() == ExtentSet{kSmall.whole()});
    CHECK(story.evidence().proven_zero() == ExtentSet{kSmall.whole()});
    CHECK(story.evidence().bad_ranges().empty());
  }

  TEST_CASE("one block not written: ECHEC, and it is listed") {
    Story story;
    story.drive.unwritable = {{9, 1}};
    story.start();
    story.write();
    story.compare();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonNotWritten, {"1"}));
    CHECK(story.evidence().bad_ranges() == std::vector<BadRange>{{9, 1, "write"}, {9, 1, "read"}});
  }

  TEST_CASE("a block that was refused and yet reads back as wanted is not proven") {
    Story story;
    story.drive.platter.assign(story.drive.platter.size(), std::byte{0});
    story.drive.unwritable = {{9, 1}};
    story.start();
    story.write();
    story.compare();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonNotWritten, {"1"}));
    CHECK(story.evidence().proven_erased() == ExtentSet{{0, 9}, {10, 54}});
    CHECK(story.evidence().proven_zero() == story.evidence().proven_erased());
  }

  TEST_CASE("one block not read: ECHEC") {
    Story story;
    story.drive.unreadable = {{9, 2}};
    story.start();
    story.write();
    story.compare();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonNotRead, {"2"}));
  }

  TEST_CASE("one block differs: ECHEC") {
    Story story;
    story.start();
    story.write();
    story.drive.platter[33 * 512] = std::byte{1};
    story.compare();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonDiffers, {"1"}));
  }

  TEST_CASE("no comparison in the journal: no claim, whatever the end says") {
    Story story;
    story.start();
    story.write();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonNotRead, {"64"}));
  }

  TEST_CASE("a comparison of another content proves nothing") {
    Story story;
    story.start();
    story.write();
    const auto ones = pattern_content("constant-ff", constant_pattern(std::byte{0xFF}), kSmall, {kSmall.whole()}, 4096);
    (void)Sweep({.executor = story.executor, .entropy = story.entropy}, ones).write(story.drive);
    story.tell(CompareFinished{
        1, ReadBackRecord(Sweep({.executor = story.executor, .entropy = story.entropy}, ones).compare(story.drive))});
    story.finish();
    CHECK(story.verdict().kind == VerdictKind::Failed);
  }

  TEST_CASE("no end: INTERROMPU; cancelled: INTERROMPU; stalled: ECHEC; gone: ECHEC") {
    Story story;
    story.start();
    story.write();
    story.compare();
    CHECK(story.verdict() == only(VerdictKind::Interrupted, Sentence::ReasonStopped));
    story.tell(RunEnded{.end = RunEnd::Cancelled});
    CHECK(story.verdict() == only(VerdictKind::Interrupted, Sentence::ReasonStopped));
    story.tell(RunEnded{.end = RunEnd::Stalled});
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonStalled));
    story.tell(RunEnded{.end = RunEnd::Failed, .stop = 11});
    CHECK(story.verdict() == only(VerdictKind::Failed, Sentence::ReasonDriveGone));
  }

  TEST_CASE("no read-back asked for: RESERVE") {
    Story story({.method = "zero", .verify = Verify::None});
    story.start();
    story.write();
    story.finish();
    CHECK(story.verdict() == only(VerdictKind::ErasedWithReserve, Sentence::ReasonNotVerified));
  }

  TEST_CASE("a serial that is a bridge's own: RESERVE, which deploys only if the profile names the reason") {
    Story story;
    story.plan.drive.identity.serial_source = SerialSource::Bridge;
    story.start();
    story.write();
    story.compare();
    story.finish();
    const Verdict verdict = story.verdict();
    CHECK(verdict == only(VerdictKind::ErasedWithReserve, Sentence::ReasonSerialOfBridge));
    CHECK(!allows_deployment(verdict, {}));
    const std::vector<Sentence> allowed{Sentence::ReasonSerialOfBridge};
    CHECK(allows_deployment(verdict, allowed));
  }

  TEST_CASE("an ATA disk whose hidden areas are unknown, or present: RESERVE, though every block was read") {
    const auto verdict_with = [](std::optional<HiddenAreas> areas) {
      Story story;
      story.plan.drive.bus = Bus::Ata;
      story.plan.drive.hidden_areas = std::move(areas);
      story.start();
      story.write();
      story.compare();
      story.finish();
      return story.verdict();
    };
    const AskedSize absent{SizeAnswer::NoSuchCommand, 0};
    const auto unknown = only(VerdictKind::ErasedWithReserve, Sentence::ReasonHiddenUnknown);

    CHECK(verdict_with(HiddenAreas{64, absent, absent}) == only(VerdictKind::Erased, Sentence::ReasonAllRead));
    CHECK(verdict_with(std::nullopt) == unknown);  // Also of a journal that an earlier version wrote.
    CHECK(verdict_with(HiddenAreas{}) == unknown);
    CHECK(verdict_with(HiddenAreas{64, absent, {SizeAnswer::Denied, 0}}) == unknown);
    CHECK(verdict_with(HiddenAreas{64, {SizeAnswer::Known, 80}, absent}) ==
          only(VerdictKind::ErasedWithReserve, Sentence::ReasonHiddenKept, {"16"}));

    const Verdict reserve = verdict_with(std::nullopt);
    CHECK(!allows_deployment(reserve, {}));
    CHECK(allows_deployment(reserve, std::array{Sentence::ReasonHiddenUnknown}));
  }

  TEST_CASE("a drive of a journal without hidden areas is read as one that was not asked") {
    DriveFacts drive;
    drive.hidden_areas = HiddenAreas{64, {SizeAnswer::Known, 80}, {SizeAnswer::Denied, 0}};
    Value tree = to_value(drive);
    CHECK(from_value<DriveFacts>(tree).value() == drive);
    std::erase_if(std::get<ValueMembers>(tree.held), [](const auto& member) { return member.first == "hidden_areas"; });
    drive.hidden_areas.reset();
    CHECK(from_value<DriveFacts>(tree).value() == drive);
  }

  TEST_CASE("ECHEC and INTERROMPU never deploy") {
    const std::vector<Sentence> all{Sentence::ReasonNotWritten, Sentence::ReasonStopped};
    CHECK(!allows_deployment(only(VerdictKind::Failed, Sentence::ReasonNotWritten), all));
    CHECK(!allows_deployment(only(VerdictKind::Interrupted, Sentence::ReasonStopped), all));
  }

  TEST_CASE("an interruption is counted with the step it hit, and a finished comparison stands") {
    Story story;
    story.start();
    story.write();
    story.tell(RunResumed{});
    story.compare();
    story.finish();
    CHECK(story.verdict().kind == VerdictKind::Erased);
    CHECK(story.evidence().state().interruptions.size() == 1);
    CHECK(story.evidence().state().interruptions[0].step == 1);
  }

  TEST_CASE("everything survives the journal's text") {
    Story story;
    story.drive.unreadable = {{9, 2}};
    story.start();
    story.write();
    story.compare();
    story.finish();
    std::string written;
    for (const JournalLine& line : story.text.lines) written += to_line(line);
    CHECK(parse_journal(written).value().lines == story.text.lines);
  }

  TEST_CASE("a journal that does not start with its run, or starts twice, is damaged") {
    Story story;
    story.finish();
    CHECK(!evidence_of(story.text, "1").ok());
    Story twice;
    twice.start();
    twice.start();
    CHECK(!evidence_of(twice.text, "1").ok());
    CHECK(!evidence_of(Story().text, "1").ok());
  }
}

}  // namespace
}  // namespace relance
