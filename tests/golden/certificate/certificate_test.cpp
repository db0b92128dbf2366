// Certificates as a person opens them, made from journals of real sweeps over a drive of memory.

#include <doctest/doctest.h>

#include "tests/support/golden.h"
#include "tests/support/inline_executor.h"
#include "tests/support/memory_drive.h"
#include "wiper/audit/contradiction.h"
#include "wiper/certificate/certificate_page.h"
#include "wiper/certificate/schema.h"
#include "wiper/content/pattern.h"
#include "wiper/content/sample.h"

namespace relance {
namespace {

constexpr std::int64_t kStart_s = 1'795'000'000;  // 2026-11-18T11:06:40Z
const Geometry kSmall{.block_count = 64, .logical_bytes = 512, .physical_bytes = 512};

DriveFacts disk() {
  DriveFacts facts;
  facts.geometry = kSmall;
  facts.bus = Bus::Ata;
  facts.hidden_areas = HiddenAreas{kSmall.block_count, {SizeAnswer::NoSuchCommand, 0}, {SizeAnswer::NoSuchCommand, 0}};
  facts.medium = Medium::Rotating;
  facts.identity = {"SAMSUNG HD502HJ", "S20BJ90Z41", SerialSource::Drive, "0x50024e9001", "1AJ10001"};
  return facts;
}

// One drive's run, told step by step.
struct Story {
  InlineExecutor executor;
  CountingEntropy entropy;
  MemoryDrive drive{kSmall};
  JournalText text;
  Plan plan;

  Story(const DriveFacts& facts, const Policy& policy, const PlanRequest& request)
      : plan(make_plan(facts, policy, request).value()) {
    text.sha256 = std::string(64, 'e');
    tell(RunStarted{.plan = plan, .machine = {"Dell Inc.", "OptiPlex 7010", "ABC1234", 8'589'934'592, "v0.1"}});
  }

  void tell(Event event) {
    text.lines.push_back(
        {text.next_number(), "1", kStart_s + 60 * static_cast<std::int64_t>(text.lines.size()), std::move(event)});
  }
  // Each step's content is zeros under the step's name: what they hold is not the certificate's business.
  std::shared_ptr<Content> content(std::size_t step) const {
    return pattern_content(plan.steps[step].content, constant_pattern(std::byte{0}), kSmall, {kSmall.whole()}, 4096);
  }
  // What the drive answered to being told to erase itself; it then holds 0xFF, but for what it kept.
  void erase_by_drive(std::size_t step, EraseOutcome outcome, ExtentSet kept = {}) {
    const auto command = enum_named<EraseCommand>(plan.steps[step].content).value();
    const bool is_done = outcome == EraseOutcome::Done;
    const EraseReport report{command, outcome, says_success(outcome), is_done, {{"SANITIZE", "accepted"}}};
    tell(StepStarted{step, {.name = plan.steps[step].content, .digest = ""}});
    tell(DriveEraseAsked{step, {.command = command}});
    tell(DriveEraseEnded{step, EraseProofRecord::from_value(to_value(report)).value()});
    if (!says_success(outcome)) return;
    for (std::uint64_t block = 0; block < kSmall.block_count; ++block)
      if (!kept.covers({block, 1}))
        std::fill_n(drive.platter.begin() + static_cast<std::ptrdiff_t>(block * 512), 512, std::byte{0xFF});
  }
  void run(std::size_t step) {
    if (plan.steps[step].kind == StepKind::Require) return;
    SweepSetup setup{.executor = executor, .entropy = entropy};
    setup.only_differing = plan.steps[step].kind == StepKind::Repair;
    Sweep sweep(setup, content(step));
    tell(StepStarted{step, content(step)->identity()});
    if (writes(plan.steps[step].kind))
      tell(WriteFinished{step, sweep.write(drive)});
    else
      tell(CompareFinished{step, ReadBackRecord(sweep.compare(drive))});
  }
  void run_all() {
    for (std::size_t step = 0; step < plan.steps.size(); ++step) run(step);
    tell(RunEnded{.end = RunEnd::Finished});
  }

  Certificate certificate() const {
    CertificateRequest request{.time = {kStart_s + 4000, TimeSource::PcClock},
                               .pc_clock_s = kStart_s + 4000,
                               .alea = {},
                               .journal_file = "JOURNAL/20261118-110640.txt",
                               .ledger = CertifiedLedger{"REGISTRE/registre-07.txt", 213, {}, 212, {}},
                               .parties = {"Atelier d’Évry", "tech-3", "Mairie de Lormont", "2026-11"},
                               .language = Language::French};
    Certificate made = make_certificate(evidence_of(text, "1").value(), request);
    made.software = "VERSION";
    return made;
  }
};

// Each text of the page, with its place and type: read in review like a proof.
void check_page(const std::string& name, const Certificate& certificate, Language language = Language::French) {
  const PdfCanvas page = certificate_page(certificate, {.language = language,
                                                        .signer = "stick-07@Atelier-d’Évry",
                                                        .text_sha256 = std::string(64, 'a'),
                                                        .root_fingerprint = std::string(64, 'b'),
                                                        .qr = {}});
  check_golden("certificate/" + name + ".page.txt", page.transcript());
}

void check_certificate(const std::string& name, const Certificate& certificate) {
  check_page(name, certificate);
  check_golden("certificate/" + name + ".json", certificate_text(certificate));
  CHECK(find_contradiction(certificate).value_or("none") == "none");
  CHECK(parse_certificate(certificate_text(certificate)).value() == certificate);
}

const Policy kTwoCommands{.drive_erases = {EraseCommand::SanitizeCrypto, EraseCommand::SanitizeBlock}};
DriveFacts erases_itself(std::vector<EraseCommand> offered) {
  DriveFacts facts = disk();
  facts.identity.model = "CT250MX500SSD1";
  facts.medium = Medium::Flash;
  facts.erases = DriveErases{.offered = std::move(offered)};
  return facts;
}
const PlanRequest kNumber{.number = "DEF-04217-8"};
const ImageNeeds kImage{.name = "xubuntu-24", .manifest_sha256 = std::string(64, 'f'), .minimum_bytes = 0};

TEST_SUITE("golden certificate") {
  TEST_CASE("every block written, read and equal, then the image with what it keeps of that: EFFACE") {
    Story story(disk(), {}, {.number = "DEF-04217-8", .image = kImage});
    story.tell(OverlaySaved{std::string(kFinishOverlay), "JOURNAL/x.overlay", "ab", std::string(64, 'd')});
    story.run_all();
    check_certificate("erased", story.certificate());
  }

  TEST_CASE("the trial start is awaited; once it is collected, a certificate of the next rank names the first") {
    Story story(disk(), {}, {.number = "DEF-04217-8", .image = kImage, .trial = true});
    story.run_all();
    check_certificate("trial_awaited", story.certificate());

    story.tell(CertificateWritten{"CERTIFICATS/2026-11/DEF-04217-8_S20BJ90Z41_EFFACE.json", std::string(64, 'c')});
    story.tell(TrialCollected{.checks = {{"screen", TrialOutcome::Pass, "VGA-1 1024x768"},
                                         {"sound", TrialOutcome::Fail, "no driver"},
                                         {"camera", TrialOutcome::Absent, ""}}});
    check_certificate("trial_done", story.certificate());
  }

  TEST_CASE("a block that was not written and two that cannot be read: ECHEC, disque NON effacé, and they are listed") {
    Story story(disk(), {}, kNumber);
    story.drive.unwritable = {{9, 1}};
    story.drive.unreadable = {{40, 2}};
    story.run_all();
    check_certificate("failed", story.certificate());
  }

  TEST_CASE("a file-backed drive, two power cuts, a file system that refuses O_DIRECT: ESSAI, and all of it is said") {
    DriveFacts file = disk();
    file.kind = DriveKind::File;
    file.bus = Bus::File;
    file.reads_cached = true;
    file.identity = {"", "disk.img", SerialSource::FileName, "", ""};
    Story story(file, {}, kNumber);
    story.tell(StepStarted{0, story.content(0)->identity()});
    story.tell(RunResumed{});
    story.tell(StepStarted{0, story.content(0)->identity()});
    story.tell(RunResumed{});
    story.run_all();
    check_certificate("trial", story.certificate());
  }

  TEST_CASE("never ended: INTERROMPU") {
    Story story(disk(), {}, kNumber);
    story.run(0);
    check_certificate("interrupted", story.certificate());
  }

  TEST_CASE("deployed on demand over an unerased drive: NON_EFFACE in verdict and title") {
    Story story(disk(), {}, {.number = "DEF-04217-8", .erase = false, .not_erased_override = true, .image = kImage});
    story.run_all();
    check_certificate("not_erased", story.certificate());
  }

  TEST_CASE("an image written and not read back: it says so, and does not call itself proven") {
    Story story(disk(), {}, {.number = "DEF-04217-8", .image = kImage});
    std::erase_if(story.plan.steps,
                  [](const Step& step) { return step.kind == StepKind::Compare && step.role != StepRole::Erase; });
    story.text.lines.clear();
    story.tell(RunStarted{.plan = story.plan});
    story.run_all();

    const Certificate certificate = story.certificate();

    CHECK(certificate.image->finished);
    CHECK(!certificate.image->proven);
    REQUIRE(certificate.statements.size() == 2);
    CHECK(certificate.statements[0].words == "image NON relue");
    CHECK(certificate.statements[1].words == "essai non fait");
    CHECK(find_contradiction(certificate).value_or("none") == "none");
  }

  TEST_CASE("erased by an earlier run: this one claims no level of its own") {
    Story story(disk(), {},
                {.number = "DEF-04217-8", .erase = false, .erased_in_run = "20261117-090000", .image = kImage});
    story.run_all();
    check_certificate("erased_earlier", story.certificate());
  }

  TEST_CASE("a repair says how much was there") {
    Story story(disk(), {},
                {.number = "DEF-04217-8",
                 .erase = false,
                 .erased_in_run = "20261117-090000",
                 .image = kImage,
                 .image_may_be_there = true});
    std::fill(story.drive.platter.begin(), story.drive.platter.end(), std::byte{0});
    story.drive.platter[5 * 512] = std::byte{1};
    story.run(1);
    story.tell(RunEnded{.end = RunEnd::Cancelled});

    const Certificate certificate = story.certificate();

    REQUIRE(!certificate.statements.empty());
    CHECK(certificate.statements[0].words == "image complétée : " + std::to_string(kSmall.block_count - 1) +
                                                 " blocs sur " + std::to_string(kSmall.block_count) +
                                                 " étaient déjà justes et n’ont pas été réécrits");
    CHECK(find_contradiction(certificate).value_or("none") == "none");
  }

  TEST_CASE(
      "three passes over flash, of which the second was refused one block: reserve, listed, and what is not reached") {
    DriveFacts flash = disk();
    flash.medium = Medium::Flash;
    Story story(flash, {.method = "is5-enhanced"}, kNumber);
    story.run(0);
    story.drive.unwritable = {{9, 1}};
    story.run(1);
    story.drive.unwritable = {};
    story.run(2);
    story.run(3);
    story.tell(RunEnded{.end = RunEnd::Finished});
    check_certificate("three_passes", story.certificate());
  }

  TEST_CASE("an SSD that erased itself at the second command, every canary gone, then overwritten: Purge") {
    Story story(erases_itself({EraseCommand::SanitizeCrypto, EraseCommand::SanitizeBlock}), kTwoCommands, kNumber);
    story.run(0);
    story.run(1);
    story.erase_by_drive(2, EraseOutcome::Refused);
    story.erase_by_drive(3, EraseOutcome::Done);
    for (std::size_t step = 4; step < story.plan.steps.size(); ++step) story.run(step);
    story.tell(RunEnded{.end = RunEnd::Finished});

    const Certificate certificate = story.certificate();

    CHECK(certificate.erase.level == "Purge");
    CHECK(certificate.statements.empty());
    check_certificate("erased_by_drive", certificate);
    check_page("erased_by_drive.en", certificate, Language::English);
  }

  TEST_CASE("canaries that could not be read are not gone: the overwrite counts, Clear") {
    Story story(erases_itself({EraseCommand::SanitizeBlock}), kTwoCommands, kNumber);
    story.run(0);
    story.run(1);
    story.erase_by_drive(2, EraseOutcome::Done);
    story.drive.unreadable = {{9, 1}};
    story.run(3);
    story.drive.unreadable = {};
    story.run(4);
    story.run(5);
    story.tell(RunEnded{.end = RunEnd::Finished});

    const Certificate certificate = story.certificate();

    CHECK(certificate.verdict == VerdictKind::Erased);
    CHECK(certificate.erase.level == "Clear");
    CHECK(certificate.erase.by_drive->canaries == Canaries{64, 64, 63, 0, 1, 64, 1});
    REQUIRE(certificate.statements.size() == 1);
    CHECK(certificate.statements[0].name == "SpareCellsNotReached");
    CHECK(find_contradiction(certificate).value_or("none") == "none");
  }

  TEST_CASE("a drive that said yes and kept its canaries: ECHEC, and how many it kept") {
    Story story(erases_itself({EraseCommand::SanitizeBlock}), kTwoCommands, kNumber);
    story.run(0);
    story.run(1);
    story.erase_by_drive(2, EraseOutcome::Done, {{20, 4}});
    story.run(3);
    story.tell(RunEnded{.end = RunEnd::Failed, .stop = static_cast<std::uint64_t>(Stop::DriveLied)});
    check_certificate("drive_lied", story.certificate());
  }

  TEST_CASE("the power went for good while the drive erased itself: what it was told is named, no canary is counted") {
    Story story(erases_itself({EraseCommand::SanitizeBlock}), kTwoCommands, kNumber);
    story.run(0);
    story.run(1);
    story.tell(StepStarted{2, {.name = "ata-sanitize-block", .digest = ""}});
    story.tell(DriveEraseAsked{2, {.command = EraseCommand::SanitizeBlock}});

    const Certificate certificate = story.certificate();

    CHECK(certificate.verdict == VerdictKind::Interrupted);
    REQUIRE(certificate.erase.by_drive);
    CHECK(
        certificate.erase.by_drive->commands ==
        std::vector<CertifiedCommand>{{.command = EraseCommand::SanitizeBlock, .outcome = EraseOutcome::Interrupted}});
    CHECK(!certificate.erase.by_drive->canaries);
    CHECK(find_contradiction(certificate).value_or("none") == "none");
  }

  // Earlier editions stay readable only if each has its shape: whoever changes this text needs a new kCertificateVersion
  // and a row in wiper/certificate/edition.cpp.
  TEST_CASE("the schema of the edition that we write") {
    check_golden("certificate/certificat.schema.json", certificate_schema());
  }

  TEST_CASE("a sample read back: EFFACE_AVEC_RESERVE") {
    Story story(disk(), {.verify = Verify::Sample, .sample_percent = 10}, kNumber);
    story.run_all();
    Certificate certificate = story.certificate();
    CHECK(certificate.verdict == VerdictKind::ErasedWithReserve);
    CHECK(certificate.title == "Certificat d’effacement avec réserve");
    REQUIRE(certificate.statements.size() == 1);
    CHECK(certificate.statements[0].name == "SampleDrawn");
    CHECK(certificate.statements[0].arguments ==
          std::vector<std::string>{"10", to_hex(sample_key(std::array<std::byte, 32>{}))});
    check_page("sampled", certificate);
    check_page("sampled.en", certificate, Language::English);
    CHECK(find_contradiction(certificate).value_or("none") == "none");
  }
}

}  // namespace
}  // namespace relance
