// What is said of the end before the start, against simulated drives that move their bytes at known speeds.

#include <doctest/doctest.h>

#include "wiper/job/probe.h"
#include "wiper/job/supervisor.h"
#include "wiper/plan/estimate.h"
#include "wiper/sim/simulated_machine.h"

namespace relance {
namespace {

constexpr std::uint64_t kMB = 1'000'000;

DriveFacts disk(std::uint64_t megabytes) {
  DriveFacts facts;
  facts.path = "/dev/sda";
  facts.kind = DriveKind::Simulated;
  facts.identity = {.model = "Slow", .serial = "S1", .serial_source = SerialSource::Drive, .wwn = "", .firmware = ""};
  facts.geometry = {.block_count = megabytes * 2048, .logical_bytes = 512, .physical_bytes = 4096};
  facts.bus = Bus::Ata;
  facts.medium = Medium::Rotating;
  facts.confirm_word = "S1";
  return facts;
}

struct Run {
  Estimate expected;
  double seconds = 0;
  RunEnded ended;
  Verdict verdict;
};

Run run_erase(const DriveTemper& temper, std::uint64_t megabytes, const SweepLimits& limits = {}) {
  SimulatedPc pc(7);
  pc.add_drive(disk(megabytes), temper);
  const std::shared_ptr<Machine> machine = pc.boot({.pc_clock_s = 1'795'000'000});
  Executor& executor = machine->executor();
  const DriveFacts drive = machine->drives().value().front();

  const Moment asked = executor.now();
  const Speeds speeds = probe_speeds(machine->open_reader(drive).value(), executor);
  CHECK(executor.now() - asked <= kProbeLimit);
  const Plan plan = make_plan(drive, {}, {.speeds = speeds}).value();
  std::vector<std::uint64_t> bytes;
  for (const Step& step : plan.steps) bytes.push_back(erase_bytes(step, drive.geometry));

  const std::shared_ptr<Store> stick(machine, &machine->stick());
  const auto journal = std::make_shared<Journal>(stick, executor, "run-1");
  const auto job = std::make_shared<RunningJob>();
  const Moment start = executor.now();
  const std::unique_ptr<Task> task = start_job({.machine = machine, .journal = journal, .limits = limits},
                                               confirm(plan, drive, drive.confirm_word).value(), {}, job);
  Supervisor supervisor(executor);
  supervisor.watch(job, journal->recorder("1"));
  supervisor.wait_for_all();
  Run run{.expected = estimate(bytes, speeds), .seconds = 0, .ended = *job->ended(), .verdict = {}};
  run.seconds = std::chrono::duration<double>(executor.now() - start).count();
  CHECK(journal->settle().ok());
  run.verdict = final_verdict(evidence_of(Journal::read(machine->stick(), "run-1").value(), "1").value());
  return run;
}

TEST_SUITE("end times") {
  TEST_CASE("within ten percent on even disks, and on one that halves from its outer to its inner edge") {
    struct Disk {
      std::uint64_t outer;
      std::uint64_t inner;
    };
    for (const Disk& each :
         {Disk{25 * kMB, 25 * kMB}, Disk{50 * kMB, 50 * kMB}, Disk{100 * kMB, 100 * kMB}, Disk{100 * kMB, 50 * kMB}}) {
      CAPTURE(each.outer);
      CAPTURE(each.inner);
      const Run run = run_erase({.outer_bytes_per_s = each.outer, .inner_bytes_per_s = each.inner}, 640);
      CHECK(run.verdict.kind == VerdictKind::Erased);
      CHECK(!run.expected.is_rough);
      CHECK(static_cast<double>(run.expected.seconds) >= 0.9 * run.seconds);
      CHECK(static_cast<double>(run.expected.seconds) <= 1.1 * run.seconds);
    }
  }

  TEST_CASE("a drive that collapses is given up when too much is left, with the numbers; never as erased") {
    const DriveTemper temper{.outer_bytes_per_s = 100 * kMB,
                             .inner_bytes_per_s = 100 * kMB,
                             .collapses_at_percent = 10,
                             .collapsed_bytes_per_s = 10'000};
    const Run run = run_erase(temper, 96, {.slow_left = std::chrono::hours(1), .slow_look = std::chrono::minutes(20)});
    CHECK(run.ended.end == RunEnd::Failed);
    CHECK(run.ended.stop == static_cast<std::uint64_t>(Stop::DriveTooSlow));
    CHECK(run.verdict.kind == VerdictKind::Failed);
    REQUIRE(run.verdict.reasons.size() == 1);
    CHECK(run.verdict.reasons[0].name == Sentence::ReasonTooSlow);
    CHECK(run.verdict.reasons[0].arguments[0] == "0");
  }

  TEST_CASE("a drive that hangs, or that cannot be read, keeps nobody waiting and is of unknown speed") {
    for (const bool hangs : {true, false}) {
      SimulatedPc pc(8);
      pc.add_drive(disk(16));
      FaultPlan plan;
      if (hangs)
        plan.hang(1, kForEver);
      else
        plan.fail_reads_in({0, 16 * 2048});
      BootPlan boot;
      boot.drives[0] = plan;
      const std::shared_ptr<Machine> machine = pc.boot(boot);
      Executor& executor = machine->executor();
      const Moment asked = executor.now();
      const Speeds speeds = probe_speeds(machine->open_reader(machine->drives().value().front()).value(), executor);
      CHECK(!speeds.is_known());
      CHECK(executor.now() - asked <= kProbeLimit + std::chrono::seconds(1));
    }
  }
}

}  // namespace
}  // namespace relance
