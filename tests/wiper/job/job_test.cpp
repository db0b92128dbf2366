#include "wiper/job/job.h"

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_drive.h"
#include "tests/support/memory_store.h"
#include "wiper/job/erase_content.h"

namespace relance {
namespace {

const Geometry kSmall{.block_count = 64};

// A PC with one drive of memory; a job on it runs inside the call. The laws try whole ones, on wiper/sim.
class SmallPc : public Machine {
 public:
  SmallPc() {
    facts_.path = "/dev/sda";
    facts_.identity.serial = "S1";
    facts_.identity.serial_source = SerialSource::Drive;
    facts_.geometry = kSmall;
    facts_.medium = Medium::Rotating;
    facts_.bus = Bus::Ata;
    facts_.hidden_areas =
        HiddenAreas{kSmall.block_count, {SizeAnswer::NoSuchCommand, 0}, {SizeAnswer::NoSuchCommand, 0}};
    facts_.confirm_word = "S1";
  }

  Executor& executor() override { return executor_; }
  Entropy& entropy() override { return entropy_; }
  Store& stick() override { return store; }
  bool may_find_more_drives() override { return false; }
  MachineFacts facts() override { return {.product = "small"}; }
  PowerFacts power() override { return {}; }
  Result<std::vector<DriveFacts>> drives() override { return std::vector{facts_}; }
  Result<DriveFacts> drive(const std::string&) override { return facts_; }
  Result<std::unique_ptr<BlockReader>> open_reader(const DriveFacts&) override {
    return std::unique_ptr<BlockReader>(std::make_unique<Held>(platter));
  }
  Result<std::unique_ptr<AtaPort>> open_ata(const Confirmation&) override {
    return Error{Errc::Unsupported, Stop::DriveSick, "no ATA disk"};
  }
  Result<std::unique_ptr<NvmeAdminPort>> open_nvme(const Confirmation&) override {
    return Error{Errc::Unsupported, Stop::DriveSick, "no NVMe drive"};
  }
  Result<DriveFacts> look_again(const Confirmation&) override { return facts_; }
  Result<std::unique_ptr<BlockDevice>> open_for_writing(const Confirmation&) override {
    if (refusal) return *refusal;
    return std::unique_ptr<BlockDevice>(std::make_unique<Held>(platter));
  }

  Confirmation confirmed(const Policy& policy = {}) {
    return confirm(make_plan(facts_, policy, {}).value(), facts_, "S1").value();
  }

  MemoryDrive platter{kSmall};
  MemoryStore store;
  std::optional<Error> refusal;

 private:
  // What a job owns of the drive.
  class Held : public BlockDevice {
   public:
    explicit Held(MemoryDrive& drive) : drive_(drive) {}
    Geometry geometry() const override { return drive_.geometry(); }
    Result<void> read(LbaRange range, std::span<std::byte> bytes) override { return drive_.read(range, bytes); }
    Result<void> write(LbaRange range, std::span<const std::byte> bytes) override { return drive_.write(range, bytes); }
    Result<void> flush() override { return drive_.flush(); }

   private:
    MemoryDrive& drive_;
  };

  InlineExecutor executor_;
  CountingEntropy entropy_;
  DriveFacts facts_;
};

struct Desk {
  std::shared_ptr<SmallPc> pc = std::make_shared<SmallPc>();
  std::shared_ptr<RunningJob> job = std::make_shared<RunningJob>();

  RunEnded run(const Policy& policy = {}, const JobState& already = {}) {
    const std::shared_ptr<Store> stick(pc, &pc->store);
    const JournalText so_far = Journal::read(pc->store, "run").ok() ? text() : JournalText{};
    JobSetup setup{.machine = pc,
                   .contents = nullptr,
                   .journal = std::make_shared<Journal>(stick, pc->executor(), "run", so_far),
                   .chunk_bytes = 4096};
    return run_job(setup, pc->confirmed(policy), already, job);
  }
  JournalText text() { return Journal::read(pc->store, "run").value(); }
  std::vector<std::string> events() {
    std::vector<std::string> names;
    for (const JournalLine& line : text().lines)
      std::visit([&](const auto& event) { names.emplace_back(event.kName); }, line.event);
    return names;
  }
};

TEST_SUITE("job") {
  TEST_CASE("each step is announced before and reported after, and the drive holds what was planned") {
    Desk desk;

    const RunEnded end = desk.run({.method = "one"});

    CHECK(end.end == RunEnd::Finished);
    CHECK(desk.events() == std::vector<std::string>{"run-started", "step-started", "checkpoint", "write-finished",
                                                    "step-started", "compare-finished", "run-ended"});
    CHECK(desk.pc->platter.platter == Bytes(desk.pc->platter.platter.size(), std::byte{0xFF}));
    CHECK(final_verdict(evidence_of(desk.text(), "1").value()).kind == VerdictKind::Erased);
  }

  TEST_CASE("a drive that cannot be held: nothing is announced and nothing written") {
    Desk desk;
    desk.pc->refusal = Error{Errc::Busy, Stop::DriveHeld, "held"};
    const Bytes before = desk.pc->platter.platter;

    const RunEnded end = desk.run();

    CHECK(end.end == RunEnd::Failed);
    CHECK(end.stop == static_cast<std::uint64_t>(Stop::DriveHeld));
    CHECK(desk.pc->store.files.empty());
    CHECK(desk.pc->platter.platter == before);
  }

  TEST_CASE("a stick that takes nothing: nothing is written to the drive") {
    Desk desk;
    desk.pc->store.refusal = Error{Errc::Io, Stop::StickFull, "full"};

    const RunEnded end = desk.run();

    CHECK(end.stop == static_cast<std::uint64_t>(Stop::StickFull));
    CHECK(desk.pc->platter.writes == 0);
  }

  TEST_CASE("a block that cannot be written does not stop the job; the verdict has it") {
    Desk desk;
    desk.pc->platter.unwritable = {{5, 1}};

    CHECK(desk.run().end == RunEnd::Finished);

    const Evidence evidence = evidence_of(desk.text(), "1").value();
    CHECK(final_verdict(evidence).kind == VerdictKind::Failed);
    CHECK(evidence.not_written() == ExtentSet{{5, 1}});
  }

  TEST_CASE("a resumed job writes only what no checkpoint covers, and reads everything") {
    Desk desk;
    desk.job->gate->cancel(desk.pc->executor());
    CHECK(desk.run().end == RunEnd::Cancelled);
    const JobState state = evidence_of(desk.text(), "1").value().state();
    JobState later = state;
    later.steps[0].done = {{0, 3}};  // As if three chunks of eight had been written.
    desk.job = std::make_shared<RunningJob>();
    desk.pc->platter.platter.assign(desk.pc->platter.platter.size(), std::byte{0});

    CHECK(desk.run({}, later).end == RunEnd::Finished);

    CHECK(desk.pc->platter.writes == 5);
    const Evidence evidence = evidence_of(desk.text(), "1").value();
    CHECK(evidence.proven_zero().covers(kSmall.whole()));
    CHECK(evidence.state().interruptions.size() == 1);
  }

  TEST_CASE("a job has one end: whoever is second is not heard") {
    Desk desk;
    CHECK(desk.run().end == RunEnd::Finished);
    const std::size_t lines = desk.text().lines.size();

    Journal journal(std::shared_ptr<Store>(desk.pc, &desk.pc->store), desk.pc->executor(), "run", desk.text());
    CHECK_FALSE(desk.job->end_with({.end = RunEnd::Stalled}, *journal.recorder("1")));

    CHECK(desk.job->ended()->end == RunEnd::Finished);
    CHECK(desk.text().lines.size() == lines);
  }
}

TEST_SUITE("erase content") {
  const RunStarted kRun{.plan = {}, .machine = {}, .seed = {}, .cipher = Cipher::ChaCha20, .chunk_bytes = 4096};

  TEST_CASE("the same run and step give the same bytes, another run others") {
    const Step step{.content = "keyed-1"};
    RunStarted other = kRun;
    other.seed[0] = std::byte{1};
    const auto bytes = [&](const RunStarted& run) {
      const std::shared_ptr<Content> content = erase_content(run, step, kSmall).value();
      Bytes filled(4096);
      CHECK(content->fill(2, filled).ok());
      return filled;
    };
    CHECK(bytes(kRun) == bytes(kRun));
    CHECK(bytes(kRun) != bytes(other));
  }

  TEST_CASE("a sampled comparison covers its part and both ends; a write always covers all") {
    const Geometry large{.block_count = 1'000'000};
    const auto blocks = [&](StepKind kind) {
      const Step step{.kind = kind, .content = "constant-00", .sample_percent = 10};
      return erase_content(kRun, step, large).value()->identity().block_count;
    };
    CHECK(blocks(StepKind::Write) == large.block_count);
    CHECK(blocks(StepKind::Compare) >= large.block_count / 10);
    CHECK(blocks(StepKind::Compare) < large.block_count / 2);
  }

  TEST_CASE("what is no pattern is refused") {
    for (const char* name :
         {"", "constant-", "constant-0", "constant-0000", "constant-zz", "image", "keyed-", "character-", "repeating-",
          "repeating-00", "stamps-", "stamps-x", "stamps-28-", "stamps-64"})
      CHECK_FALSE(erase_content(kRun, Step{.content = name}, kSmall).ok());
  }
}

}  // namespace
}  // namespace relance
