// One stick, three PCs: the technician pulls it as soon as a PC works from memory, and starts the next one with it.
#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/memory_store.h"
#include "tests/tui/session/stick_files.h"
#include "tui/session/follow.h"
#include "tui/session/session.h"
#include "wiper/audit/audit.h"
#include "wiper/sim/simulated_machine.h"

namespace relance {
namespace {

// Where a stick is plugged in, or not.
class Port : public Store {
 public:
  explicit Port(std::shared_ptr<MemoryStore> stick) : stick_(std::move(stick)) {}
  void plug(bool is_in) { is_in_ = is_in; }

  Result<void> append(const std::string& path, std::span<const std::byte> bytes) override {
    return is_in_ ? stick_->append(path, bytes) : gone();
  }
  Result<void> publish(const std::string& path, std::span<const std::byte> bytes) override {
    return is_in_ ? stick_->publish(path, bytes) : gone();
  }
  Result<Bytes> read(const std::string& path) override { return is_in_ ? stick_->read(path) : Result<Bytes>(gone()); }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    return is_in_ ? stick_->list(folder) : Result<std::vector<std::string>>(gone());
  }
  bool exists(const std::string& path) override { return is_in_ && stick_->exists(path); }
  Result<void> try_out() override { return is_in_ ? stick_->try_out() : gone(); }

 private:
  static Error gone() { return {Errc::Gone, Stop::StickGone, "pulled"}; }
  const std::shared_ptr<MemoryStore> stick_;
  std::atomic<bool> is_in_{true};
};

std::vector<LedgerLine> ledger_on(const MemoryStore& stick) {
  const auto file = stick.files.find("REGISTRE/registre-07.txt");
  return file == stick.files.end() ? std::vector<LedgerLine>() : parse_ledger(as_text(file->second)).value().lines;
}
std::size_t lines_of(const MemoryStore& stick, LedgerKind kind) {
  const std::vector<LedgerLine> lines = ledger_on(stick);
  return static_cast<std::size_t>(std::ranges::count(lines, kind, &LedgerLine::kind));
}

// A PC with one drive.
class Pc {
 public:
  Pc(std::uint64_t number, const std::shared_ptr<MemoryStore>& stick)
      : serial_("SN-" + std::to_string(number)), stick_(stick), port_(std::make_shared<Port>(stick)), pc_(number) {
    DriveFacts facts;
    facts.path = "/dev/sda";
    facts.kind = DriveKind::Simulated;
    facts.identity = {.model = "Simulated", .serial = serial_, .serial_source = SerialSource::Drive};
    facts.geometry = Geometry{.block_count = 32768};
    facts.bus = Bus::Ata;
    facts.medium = Medium::Rotating;
    pc_.add_drive(facts);
  }
  ~Pc() {
    run_.reset();
    session_.reset();
  }

  // Starts with the stick, which is pulled once the erase has its DEBUT on it; ends without it.
  void erase(const std::string& number) {
    const std::size_t begun = lines_of(*stick_, LedgerKind::Begun);
    BootPlan plan{.pc_clock_s = 1'800'000'100};
    // Slow enough for a hand at the stick.
    plan.drives[0].add({.kind = FaultKind::Hang, .times = kAlways, .span = std::chrono::milliseconds(300)});
    session_ =
        Session::open(
            {.machine = pc_.boot(std::move(plan)), .tools = nullptr, .stick = port_, .stick_folder = "carried"}, "")
            .value();
    REQUIRE(session_->open_key(kPassphrase).ok());
    std::vector<Planned> plans = session_->plan({.drives = {"/dev/sda"}, .number = number}).value();
    run_ = session_->start(std::move(plans), {serial_}).value();
    (void)follow(*session_, *run_, [&](const message::Tick&) {
      if (lines_of(*stick_, LedgerKind::Begun) > begun) port_->plug(false);
    });
    CHECK(lines_of(*stick_, LedgerKind::Begun) == begun + 1);
    CHECK_FALSE(run_->is_saved());
    CHECK(pc_.drive(0).platter() == Bytes(Geometry{.block_count = 32768}.size_bytes(), std::byte{0}));
    port_->plug(false);
  }
  // The same stick is back: the certificate that this run gets.
  std::string save() {
    port_->plug(true);
    const std::vector<DriveOutcome> outcomes = run_->conclude();
    CHECK(run_->is_saved());
    CHECK(outcomes.at(0).exit == ExitCode::Done);
    CHECK(outcomes.at(0).interruptions == 0);
    port_->plug(false);
    return outcomes.at(0).certificate;
  }

 private:
  const std::string serial_;
  const std::shared_ptr<MemoryStore> stick_;
  const std::shared_ptr<Port> port_;
  SimulatedPc pc_;
  std::unique_ptr<Session> session_;
  std::unique_ptr<Run> run_;
};

AuditReport audit_stick(MemoryStore& stick) {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : stick.files)
    if (path.starts_with(kCertificateFolder) || path.starts_with(kLedgerFolder)) paths.push_back(path);
  const KeyCertificate root = KeyCertificate::open(stick.files.at(kRootFile)).value();
  return audit(paths, [&](const std::string& path) { return stick.read(path); }, root,
               {.accept_trials = true, .witnesses = {}, .heads = {}});
}

TEST_SUITE("a stick that is carried around") {
  TEST_CASE("three PCs end without it, their results arrive in every order: three right certificates, one chain") {
    std::vector<std::size_t> order{0, 1, 2};
    do {
      CAPTURE(order[0] * 100 + order[1] * 10 + order[2]);
      const auto stick = std::make_shared<MemoryStore>();
      stick->files = stick_files();
      std::array<Pc, 3> pcs{Pc(1, stick), Pc(2, stick), Pc(3, stick)};
      const std::array<std::string, 3> numbers{"DEF-04217-8", "DEF-00042-0", "DEF-04225-3"};
      for (std::size_t i = 0; i < pcs.size(); ++i) pcs.at(i).erase(numbers.at(i));
      CHECK(audit_stick(*stick).worth == Worth::Reserve);  // Three have begun.

      for (const std::size_t i : order) {
        const std::string file = pcs.at(i).save();
        CHECK(file.find(numbers.at(i) + "_SN-" + std::to_string(i + 1) + "_EFFACE_ESSAI") != std::string::npos);
      }

      const AuditReport report = audit_stick(*stick);
      CHECK(report.worth == Worth::Good);
      CHECK(report.findings == std::vector<AuditFinding>{});
      CHECK(report.certificates.size() == 6);  // The data and the page of each.
      using enum LedgerKind;
      std::vector<LedgerKind> kinds;
      for (const LedgerLine& line : ledger_on(*stick)) kinds.push_back(line.kind);
      CHECK(kinds == std::vector{InService, Boot, Begun, Boot, Begun, Boot, Begun, Finished, Finished, Finished});
      CHECK(check_signatures(ledger_on(*stick)).ok());
    } while (std::ranges::next_permutation(order).found);
  }
}

}  // namespace
}  // namespace relance
