// A whole stay as the program plays it, on a simulated PC: stick with keys, drives, plan, confirmation, job, certificate.
#include "tui/session/session.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "tests/tui/session/stick_files.h"
#include "tui/session/follow.h"
#include "wiper/audit/audit.h"
#include "wiper/crypto/cms.h"
#include "wiper/sim/simulated_machine.h"

namespace relance {
namespace {

constexpr Geometry kGeometry{.block_count = 32768};  // 16 MiB: more than one chunk for each worker.

class Stay {
 public:
  Stay() {
    for (const auto& [path, bytes] : stick_files()) require(pc.stick().publish(path, bytes).ok(), "the test's stick");
    for (const char* name : {"a", "b"}) {
      DriveFacts facts;
      facts.path = std::string("/dev/sd") + name;
      facts.kind = DriveKind::Simulated;
      facts.identity = {
          .model = "Simulated", .serial = std::string("SN-") + name, .serial_source = SerialSource::Drive};
      facts.geometry = kGeometry;
      facts.bus = Bus::Ata;
      facts.medium = Medium::Rotating;
      pc.add_drive(facts);
    }
  }
  ~Stay() { session.reset(); }

  void boot(BootPlan plan = {}) {
    session.reset();
    if (pc.boots() > 0) pc.cut_power();
    const std::shared_ptr<Machine> machine = pc.boot(std::move(plan));
    const Bench bench{.machine = machine,
                      .tools = nullptr,
                      .stick = std::shared_ptr<Store>(machine, &machine->stick()),
                      .stick_folder = "simulated"};
    session = Session::open(bench, "").value();
    CHECK(session->open_key(kPassphrase).ok());
  }
  Result<std::unique_ptr<Run>> start(const std::vector<std::string>& drives, const std::vector<std::string>& typed) {
    Result<std::vector<Planned>> plans = session->plan({.drives = drives, .number = "DEF-04217-8"});
    if (!plans.ok()) return plans.error();
    return session->start(std::move(plans).value(), typed);
  }
  std::vector<DriveOutcome> stay_with(Run& run) {
    return follow(*session, run, [](const message::Tick&) {});
  }
  bool holds_zeros(std::size_t drive) {
    return pc.drive(drive).platter() == Bytes(kGeometry.size_bytes(), std::byte{0});
  }

  std::vector<LedgerKind> ledger_kinds() {
    const Bytes text = pc.stick().files().at("REGISTRE/registre-07.txt");
    std::vector<LedgerKind> kinds;
    const LedgerCopy copy = parse_ledger(as_text(text)).value();
    for (const LedgerLine& line : copy.lines) kinds.push_back(line.kind);
    return kinds;
  }
  // As a stranger with the root sees the stick.
  AuditReport audit() {
    const auto files = pc.stick().files();
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : files)
      if (path.starts_with(kCertificateFolder) || path.starts_with(kLedgerFolder)) paths.push_back(path);
    const KeyCertificate root = KeyCertificate::open(files.at(kRootFile)).value();
    const auto read = [&](const std::string& path) { return Result<Bytes>(files.at(path)); };
    return relance::audit(paths, read, root, {.accept_trials = true, .witnesses = {}, .heads = {}});
  }

  SimulatedPc pc{1};
  std::unique_ptr<Session> session;
};

TEST_SUITE("session") {
  TEST_CASE("two drives are erased side by side, and a stranger can check each certificate") {
    Stay stay;
    stay.boot();

    const std::vector<DriveOutcome> outcomes =
        stay.stay_with(*stay.start({"/dev/sda", "/dev/sdb"}, {"SN-a", "SN-b"}).value());

    REQUIRE(outcomes.size() == 2);
    const auto files = stay.pc.stick().files();
    const KeyCertificate root = KeyCertificate::open(files.at(kRootFile)).value();
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      CHECK(outcomes[i].exit == ExitCode::Done);
      CHECK(outcomes[i].verdict->kind == VerdictKind::Erased);
      CHECK(stay.holds_zeros(i));
      REQUIRE(files.contains(outcomes[i].certificate));
      const Bytes& certificate = files.at(outcomes[i].certificate);
      const Bytes& signature = files.at(outcomes[i].certificate + ".p7s");
      CHECK(cms_verify(certificate, signature, root).ok());
      Bytes changed = certificate;
      changed[changed.size() / 2] ^= std::byte{1};
      CHECK_FALSE(cms_verify(changed, signature, root).ok());
    }
  }

  TEST_CASE("one wrong word of two, and nothing is written anywhere") {
    Stay stay;
    stay.boot();
    const Bytes before = stay.pc.drive(0).platter();

    const auto run = stay.start({"/dev/sda", "/dev/sdb"}, {"SN-a", "SN-a"});

    CHECK(run.error().stop == Stop::WrongConfirmation);
    CHECK(stay.pc.drive(0).platter() == before);
    CHECK(stay.pc.openings_for_writing(0) + stay.pc.openings_for_writing(1) == 0);
    CHECK(stay.pc.stick().files() == stick_files());
  }

  TEST_CASE("without the stick's key nothing starts") {
    Stay stay;
    stay.boot();
    CHECK(stay.session->open_key("another").error().stop == Stop::KeyPassphrase);
    CHECK(stay.session->key_is_open());  // The one that was opened stays.
  }

  TEST_CASE("the power goes in the middle; the next boot finds the job, ends it, and the certificate says so") {
    std::uint64_t begins_at = 0;
    const auto operations_of_boot = [&](Stay& stay, std::uint64_t cut_power_at) {
      stay.boot({.cut_power_at = cut_power_at});
      Result<std::vector<Planned>> plans = stay.session->plan({.drives = {"/dev/sda"}, .number = "DEF-04217-8"});
      REQUIRE(plans.ok());
      begins_at = stay.pc.seam().operations();  // Planning reads the drive, to know how fast it is.
      const auto run = stay.session->start(std::move(plans).value(), {"SN-a"});
      REQUIRE(run.ok());
      (void)stay.stay_with(*run.value());
      return stay.pc.seam().operations();
    };
    Stay uncut;
    const std::uint64_t ends_at = operations_of_boot(uncut, 0);
    Stay stay;
    (void)operations_of_boot(stay, begins_at + (ends_at - begins_at) / 3);
    CHECK_FALSE(stay.holds_zeros(0));

    stay.boot();
    std::vector<DriveFacts> found = stay.session->drives({}).value();
    REQUIRE(stay.session->resumable_among(found).ok());
    CHECK(stay.session->resumable_among(found).value().front().plan().drive.identity.serial == "SN-a");
    std::erase_if(found, [](const DriveFacts& drive) { return drive.path == "/dev/sda"; });
    REQUIRE(!found.empty());
    found.front().path = "/dev/sda";  // Another drive stands there by now.
    CHECK(stay.session->resumable_among(found).error().stop == Stop::NothingToResume);

    std::vector<PastJob> open = stay.session->resumable("").value();
    REQUIRE(open.size() == 1);
    CHECK(open[0].plan().drive.identity.serial == "SN-a");
    const std::vector<DriveOutcome> outcomes = stay.stay_with(*stay.session->resume(std::move(open), "").value());

    REQUIRE(outcomes.size() == 1);
    CHECK(outcomes[0].exit == ExitCode::Done);
    CHECK(outcomes[0].interruptions == 1);
    CHECK(stay.holds_zeros(0));
    CHECK(stay.session->resumable("").error().stop == Stop::NothingToResume);
  }

  TEST_CASE("the ledger says what began before it began and how it ended, and a stranger finds nothing missing") {
    Stay stay;
    stay.boot();

    stay.stay_with(*stay.start({"/dev/sda", "/dev/sdb"}, {"SN-a", "SN-b"}).value());

    using enum LedgerKind;
    CHECK(stay.ledger_kinds() == std::vector{InService, Boot, Begun, Begun, Finished, Finished});
    CHECK(stay.audit().worth == Worth::Good);
  }

  TEST_CASE(
      "the power goes around the end: each run has one certificate and one line in the ledger, and none is missing") {
    constexpr std::uint64_t kStep = 3;
    constexpr std::uint64_t kCuts = 9;
    const auto stay_until = [&](Stay& stay, std::uint64_t cut_power_at) {
      stay.boot({.cut_power_at = cut_power_at});
      (void)stay.stay_with(*stay.start({"/dev/sda"}, {"SN-a"}).value());
      return stay.pc.seam().operations();
    };
    Stay uncut;
    const std::uint64_t ends_at = stay_until(uncut, 0);
    std::size_t left_behind = 0;
    for (std::uint64_t back = 0; back < kCuts * kStep; back += kStep) {
      CAPTURE(back);
      Stay stay;
      (void)stay_until(stay, ends_at - back);

      stay.boot();
      left_behind += stay.session->certify_left_behind().value().size();
      Result<std::vector<PastJob>> open = stay.session->resumable("");
      if (open.ok()) (void)stay.stay_with(*stay.session->resume(std::move(open).value(), "").value());

      const AuditReport report = stay.audit();
      CHECK(report.worth != Worth::Refused);  // A signature may lie alone: its certificate never landed.
      CHECK(report.findings == std::vector<AuditFinding>{});
      const auto is_one = [](const AuditedCertificate& each) { return each.verdict.has_value(); };
      CHECK(std::ranges::count_if(report.certificates, is_one) == 2);  // The data and the page.
    }
    CHECK(left_behind > 0);
  }

  TEST_CASE("the stick is pulled out during the erase: it goes on, and the proof is saved once the stick is back") {
    std::size_t asked = 0;
    for (std::uint64_t from = 40; from <= 76; ++from) {
      CAPTURE(from);
      Stay stay;
      BootPlan plan;
      plan.stick = {{.kind = StickFaultKind::Pulled, .from = from, .times = 5}};
      stay.boot(plan);
      const auto run = stay.start({"/dev/sda"}, {"SN-a"});
      if (!run.ok()) continue;  // Not there before the first byte: nothing begins.
      std::vector<DriveOutcome> outcomes = stay.stay_with(*run.value());
      const Bytes untouched(kGeometry.size_bytes(), kFactoryContent);
      if (stay.pc.drive(0).platter() == untouched) continue;  // Gone before the first byte.
      CHECK(stay.holds_zeros(0));
      for (; !run.value()->is_saved(); ++asked) outcomes = run.value()->conclude();
      CHECK(outcomes[0].exit == ExitCode::Done);
      CHECK(outcomes[0].interruptions == 0);
      CHECK(stay.pc.stick().files().contains(outcomes[0].certificate));
    }
    CHECK(asked > 0);
  }

  TEST_CASE("a drive that hangs for ever is certified as failed, and the one beside it is erased") {
    Stay stay;
    BootPlan plan;
    plan.drives[0] = FaultPlan{}.hang(3, kForEver);
    stay.boot(plan);

    const auto run = stay.start({"/dev/sda", "/dev/sdb"}, {"SN-a", "SN-b"});
    const std::vector<DriveOutcome> outcomes = stay.stay_with(*run.value());

    CHECK(outcomes[0].exit == ExitCode::Failed);
    CHECK(outcomes[0].certificate.find("_ECHEC_") != std::string::npos);
    CHECK(outcomes[1].exit == ExitCode::Done);
    CHECK(stay.holds_zeros(1));
  }
}

}  // namespace
}  // namespace relance
