#include "wiper/audit/ledger_audit.h"

#include <doctest/doctest.h>

#include "tests/support/inline_executor.h"
#include "tests/support/memory_store.h"
#include "tests/support/sample_certificate.h"
#include "wiper/audit/audit.h"
#include "wiper/ledger/ledger.h"

namespace relance {
namespace {

using Findings = std::vector<AuditFinding>;

const std::string kFile = "REGISTRE/registre-07.txt";
const std::string kOtherFile = "REGISTRE/registre-07.bis";

struct Keys {
  PrivateKey root_key = PrivateKey::make();
  KeyCertificate root = make_root_certificate(root_key, "Atelier", kCertified_s).value();
  PrivateKey stick_key = PrivateKey::make();
  KeyCertificate stick = certify_stick(root_key, root, stick_key, "07", kCertified_s).value();
  SigningKey signer() const { return {stick_key, stick}; }
};
const Keys& keys() {
  static const Keys made;
  return made;
}

// A stick on which runs were begun and certified.
struct Desk {
  std::shared_ptr<MemoryStore> store = std::make_shared<MemoryStore>();
  InlineExecutor executor;
  Ledger ledger{store, executor, ledger_file(keys().stick)};
  Desk() { REQUIRE(put_in_service(ledger, keys().signer(), kCertified_s - 9999).ok()); }

  LedgerLine enter(const Ledger::Make& make) { return ledger.append(keys().signer(), make).value(); }

  LedgerLine begin(const Certificate& of, const LedgerSalt& salt = {}) {
    const BegunEntry entry{
        .run = "run",
        .drive = "1",
        .machine = hidden(salt, NamesOfMachine{of.machine.maker, of.machine.product, of.machine.serial}),
        .device = hidden(salt, NamesOfDrive{of.drive.model, of.drive.serial, of.drive.wwn})};
    return enter([&](const LedgerPlace&) -> Result<LedgerWish> {
      return LedgerWish{LedgerKind::Begun, to_value(entry), kCertified_s - 3600};
    });
  }
  // The certificate with its line; its file.
  std::string end(Certificate certificate, std::uint64_t begun, bool is_entered = true) {
    PublishedCertificate published;
    const Result<LedgerLine> entered =
        ledger.append(keys().signer(), [&](const LedgerPlace& next) -> Result<LedgerWish> {
          certificate.ledger = CertifiedLedger{ledger.path(), next.rank, next.previous, begun, {}};
          published = TRY(publish_certificate(*store, certificate, kCertified_s, keys().signer()));
          if (!is_entered) return Error{Errc::Gone, Stop::StickGone, "pulled"};
          const EndedEntry entry{begun, std::string(name_of(certificate.verdict)), published.sha256};
          return LedgerWish{LedgerKind::Finished, to_value(entry), kCertified_s};
        });
    REQUIRE(entered.ok() == is_entered);
    return published.file;
  }
  std::string erase_one() {
    const Certificate certificate = erased_certificate();
    return end(certificate, begin(certificate).rank);
  }
  void cut_tail(std::size_t lines) {
    for (const std::string& file : {kFile, kOtherFile}) {
      std::string text(as_text(store->files.at(file)));
      for (std::size_t i = 0; i < lines; ++i) text.resize(text.rfind('\n', text.size() - 2) + 1);
      store->files[file] = Bytes(as_bytes(text).begin(), as_bytes(text).end());
    }
  }
  void forget(const std::string& json) {
    const std::string base = json.substr(0, json.size() - 5);
    for (const char* ending : {".json", ".json.p7s", ".json.sig", ".pdf"}) store->files.erase(base + ending);
  }
  AuditReport audit(const std::map<std::string, Bytes>& witnesses = {}) {
    std::vector<std::string> paths;
    for (const auto& [path, bytes] : store->files) paths.push_back(path);
    AuditOptions options;
    for (const auto& [path, bytes] : witnesses) options.witnesses.push_back(path);
    const auto read = [&](const std::string& path) -> Result<Bytes> {
      if (witnesses.contains(path)) return witnesses.at(path);
      return store->read(path);
    };
    return relance::audit(paths, read, keys().root, options);
  }
};

// What somebody else keeps of a stick, under another folder.
std::map<std::string, Bytes> kept(const Desk& desk, const std::string& file) {
  std::map<std::string, Bytes> files;
  for (const auto& [path, bytes] : desk.store->files)
    if (path.starts_with(file)) files["kept/" + path.substr(path.rfind('/') + 1)] = bytes;
  return files;
}

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
      const std::string file = desk.end(erased_certificate(), desk.begin(other).rank);

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
      const auto left = TRY(find_left(*desk.store, next.rank, next.previous, keys().root, keys().signer(), {}));
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
    const Keys strangers;

    const LedgerAudit audit = audit_ledgers({{kFile, desk.store->files.at(kFile)}}, {}, strangers.root);

    CHECK(audit.ledgers[0].worth == Worth::Refused);
    CHECK(audit.ledgers[0].stop == static_cast<std::uint64_t>(Stop::KeyStranger));
    CHECK(audit.ledgers[0].stick.empty());
  }
}

}  // namespace
}  // namespace relance
