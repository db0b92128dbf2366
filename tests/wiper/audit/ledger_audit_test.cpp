#include "wiper/audit/ledger_audit.h"

#include "tests/wiper/audit/ledger_desk.h"

namespace relance {
namespace {

using Findings = std::vector<AuditFinding>;

TEST_SUITE("audit of ledgers") {
  TEST_CASE("all that began has ended, and every certificate is there: good") {
    Desk desk;
    desk.erase_one();
    desk.erase_one();

    const AuditReport report = desk.audit();

    CHECK(report.worth == Worth::Good);
    CHECK(report.findings == Findings{});
    REQUIRE(report.ledgers.size() == 2);
    CHECK(report.ledgers[0].stick == "stick-07@Atelier");
    CHECK(report.ledgers[0].lines == 5);
  }

  TEST_CASE("a certificate that was taken away is named by its line") {
    Desk desk;
    desk.erase_one();
    desk.forget(desk.erase_one());

    const AuditReport report = desk.audit();

    CHECK(report.worth == Worth::Reserve);
    CHECK(report.findings == Findings{{FindingKind::CertificateMissing, kFile, 5}});
  }

  TEST_CASE("what began and has not ended is said, and no more than that") {
    Desk desk;
    desk.begin(erased_certificate());

    const AuditReport report = desk.audit();

    CHECK(report.worth == Worth::Reserve);
    CHECK(report.findings == Findings{{FindingKind::Open, kFile, 2}});
  }

  TEST_CASE("a ledger that a responsable's key began is nobody's") {
    const PrivateKey key = PrivateKey::make();
    const KeyCertificate responsable =
        certify_responsable(workshop().root_key, workshop().root, key, "claire", kCertified_s).value();
    const auto store = std::make_shared<MemoryStore>();
    InlineExecutor executor;
    Ledger ledger(store, executor, ledger_file(workshop().stick));
    (void)put_in_service(ledger, {key, responsable}, kCertified_s);
    REQUIRE(store->files.contains(kFile));

    const std::vector<std::string> paths{kFile};
    const auto read = [&](const std::string& path) { return store->read(path); };
    const AuditReport report = audit(paths, read, workshop().root, {});

    CHECK(report.worth == Worth::Refused);
    CHECK(report.ledgers.at(0).detail.find("no stick's") != std::string::npos);
  }

  TEST_CASE("any bit of either file: refused") {
    Desk desk;
    desk.erase_one();
    for (const std::string& file : {kFile, kOtherFile}) {
      const Bytes whole = desk.store->files.at(file);
      for (std::size_t byte = 0; byte < whole.size(); byte += 37) {
        CAPTURE(byte);
        desk.store->files[file][byte] ^= std::byte{1};
        CHECK(desk.audit().worth == Worth::Refused);
        desk.store->files[file] = whole;
      }
    }
  }

  TEST_CASE("a cut tail shows as soon as one certificate or one older copy is held against it") {
    Desk desk;
    desk.erase_one();
    const std::string last = desk.erase_one();
    const auto certificate = kept(desk, last.substr(0, last.size() - 5));
    const auto copy = kept(desk, kFile);
    for (const std::size_t lines : {1U, 2U}) {
      CAPTURE(lines);
      Desk cut;
      cut.store->files = desk.store->files;
      cut.cut_tail(lines);
      cut.forget(last);

      const bool half_begun = lines == 1;  // Its DEBUT is still there.
      CHECK(cut.audit().worth == (half_begun ? Worth::Reserve : Worth::Good));
      CHECK(cut.audit(certificate).worth == Worth::Refused);
      CHECK(cut.audit(copy).worth == Worth::Refused);
      CHECK(desk.audit(certificate).worth == Worth::Good);
      CHECK(desk.audit(copy).worth == Worth::Good);
    }
  }

  TEST_CASE("rank and hash of a line, written down, are a witness too") {
    Desk desk;
    desk.erase_one();
    const auto head_of = [&] {
      const AuditedLedger ledger = desk.audit().ledgers[0];
      return parse_head(std::to_string(ledger.lines) + ":" + ledger.head).value();
    };
    const SeenHead seen = head_of();
    SeenHead other = seen;
    other.hash[0] ^= std::byte{1};

    CHECK(desk.audit({}, {seen}).worth == Worth::Good);
    CHECK(desk.audit({}, {other}).findings == Findings{{FindingKind::Forked, kFile, 3}});
    desk.erase_one();
    CHECK(desk.audit({}, {seen}).worth == Worth::Good);
    CHECK(desk.audit({}, {seen, head_of()}).worth == Worth::Good);
    desk.store->files.erase(desk.store->files.lower_bound("CERTIFICATS"), desk.store->files.lower_bound("REGISTRE"));
    desk.cut_tail(3);
    CHECK(desk.audit({}, {seen}).findings == Findings{{FindingKind::Open, kFile, 2}, {FindingKind::TailCut, kFile, 3}});

    const std::string hash(64, 'a');
    CHECK(parse_head("412:" + hash)->rank == 412);
    for (const std::string& text : {"0:" + hash, ":" + hash, "4:" + hash.substr(1), "4;" + hash, "4:" + hash + "a",
                                    std::string("registre-07.txt"), "4:" + std::string(64, 'A')})
      CHECK(!parse_head(text));
  }

  TEST_CASE("a history that was written anew shows by the certificates of the old one") {
    Desk desk;
    const std::string certificate = desk.erase_one();
    Desk anew;
    anew.erase_one();
    anew.erase_one();

    const AuditReport report = anew.audit(kept(desk, certificate.substr(0, certificate.size() - 5)));

    CHECK(report.worth == Worth::Refused);
    REQUIRE(!report.findings.empty());
    CHECK(report.findings[0].kind == FindingKind::CertificateStranger);
  }

  TEST_CASE("a stick that was copied and went on twice has a fork") {
    Desk desk;
    desk.erase_one();
    Desk copy;
    copy.store->files = desk.store->files;
    desk.erase_one();
    copy.begin(failed_certificate());
    desk.store->files["copy/registre-07.txt"] = copy.store->files.at(kFile);

    const AuditReport report = desk.audit();

    CHECK(report.worth == Worth::Refused);
    CHECK(report.findings == Findings{{FindingKind::Forked, "copy/registre-07.txt", 4}});
  }

  TEST_CASE("a certificate for another drive or PC than was begun is a replay") {
    for (const bool of_drive : {true, false}) {
      Desk desk;
      Certificate other = erased_certificate();
      (of_drive ? other.drive.serial : other.machine.serial) = "another";
      (void)desk.end(erased_certificate(), desk.begin(other).rank);

      const AuditReport report = desk.audit();

      CHECK(report.worth == Worth::Refused);
      REQUIRE(!report.findings.empty());
      CHECK(report.findings[0].kind == FindingKind::Replayed);
    }
  }

  TEST_CASE(
      "a power cut between a certificate and its line is a reserve, and the stick mends it: the certificate is taken "
      "up") {
    Desk desk;
    const std::string file = desk.end(erased_certificate(), desk.begin(erased_certificate()).rank, false);
    desk.store->files.erase(file.substr(0, file.size() - 5) + ".pdf");
    CHECK(desk.audit().worth == Worth::Reserve);

    desk.enter([&](const LedgerPlace& next) -> Result<LedgerWish> {
      const auto left = TRY(find_left(*desk.store, next.rank, next.previous, workshop().root, workshop().signer, {}));
      REQUIRE(left.has_value());
      CHECK(left->certificate.ledger->begun == 2);
      return LedgerWish{LedgerKind::Finished, to_value(EndedEntry{2, "EFFACE", left->sha256}), kCertified_s};
    });

    CHECK(desk.audit().worth == Worth::Good);
    CHECK(desk.store->exists(file.substr(0, file.size() - 5) + ".pdf"));
    CHECK(find_certificate(*desk.store, to_hex(sha256(desk.store->files.at(file)))).value()->file == file);
  }

  TEST_CASE("a ledger under another root is refused") {
    Desk desk;
    const Workshop strangers;

    const LedgerAudit audit = audit_ledgers({.files = {{kFile, desk.store->files.at(kFile)}}}, {strangers.root});

    CHECK(audit.ledgers[0].worth == Worth::Refused);
    CHECK(audit.ledgers[0].stop == static_cast<std::uint64_t>(Stop::KeyStranger));
    CHECK(audit.ledgers[0].stick.empty());
  }
}

}  // namespace
}  // namespace relance
