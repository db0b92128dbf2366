#include "wiper/audit/lost_sticks.h"

#include <set>

#include "tests/wiper/audit/ledger_desk.h"

namespace relance {
namespace {

// What the root signs about a stick of which somebody knows these lines.
LostSticks report_lost(const Desk& desk, std::size_t lines, std::vector<std::string> vouched = {}) {
  const LedgerCopy copy = parse_ledger(as_text(desk.store->files.at(kFile))).value();
  LostStick lost{.stick = workshop().stick.common_name(),
                 .key = workshop().stick.fingerprint(),
                 .last_rank = lines,
                 .head = {},
                 .vouched = std::move(vouched)};
  if (lines > 0) lost.head = hash_of(copy.lines.at(lines - 1));
  return {.issued = "2026-11-19T08:00:00Z", .lost = {lost}};
}

std::map<std::string, Bytes> files_of(const LostSticks& list, const Workshop& by = workshop()) {
  const std::string text = lost_sticks_text(list);
  const std::string path = "kept/" + lost_sticks_file(list.number);
  return {{path, Bytes(as_bytes(text).begin(), as_bytes(text).end())},
          {path + ".p7s", cms_sign(as_bytes(text), by.root_key, by.root, kCertified_s).value()}};
}

std::set<Worth> worth_of_certificates(const AuditReport& report) {
  std::set<Worth> all;
  for (const AuditedCertificate& each : report.certificates) all.insert(each.worth);
  return all;
}

std::string sha256_of(const Desk& desk, const std::string& file) { return to_hex(sha256(desk.store->files.at(file))); }

TEST_SUITE("lost sticks") {
  TEST_CASE("what was entered before the loss stays good, all that is signed later is void") {
    Desk desk;
    desk.erase_one();
    const auto list = files_of(report_lost(desk, 3));
    CHECK(desk.audit(list).worth == Worth::Good);

    const std::string later = desk.erase_one();  // By the finder.
    const AuditReport report = desk.audit(list);

    CHECK(report.worth == Worth::Refused);
    for (const AuditedCertificate& each : report.certificates) {
      const bool is_later = each.path.starts_with(later.substr(0, later.size() - 5));
      CHECK(each.worth == (is_later ? Worth::Refused : Worth::Good));
      CHECK(each.stop == (is_later ? static_cast<std::uint64_t>(Stop::KeyRevoked) : 0));
    }
    for (const AuditedLedger& each : report.ledgers) CHECK(each.stop == static_cast<std::uint64_t>(Stop::KeyRevoked));
  }

  TEST_CASE(
      "a certificate that the finder dates back, at a rank that was taken, is refused beside the ledger, and alone no "
      "more than a reserve") {
    Desk desk;
    desk.erase_one();
    const auto list = files_of(report_lost(desk, 3));
    Desk alone;
    alone.store->files = desk.store->files;
    alone.store->files.erase(kFile);
    alone.store->files.erase(kOtherFile);

    CHECK(alone.audit(list).worth == Worth::Reserve);
    for (const AuditFinding& each : alone.audit(list).findings) CHECK(each.kind == FindingKind::StickLost);

    Desk finder;
    finder.store->files[kFile] = finder.store->files[kOtherFile] = desk.store->files.at(kFile);
    finder.cut_tail(1);
    Certificate forged = erased_certificate();
    forged.number = "DEF-00042-0";
    finder.end(forged, 2);
    std::map<std::string, Bytes> certificates = finder.store->files;
    certificates.erase(kFile);
    certificates.erase(kOtherFile);
    Desk checked;
    checked.store->files = desk.store->files;
    checked.store->files.merge(certificates);
    CHECK(checked.audit(list).worth == Worth::Refused);
    // With the forged ledger instead of the true one.
    CHECK(finder.audit(list).worth == Worth::Refused);
  }

  TEST_CASE("certificates that were held before the loss stay good without their own line") {
    Desk desk;
    desk.erase_one();
    const std::string held = desk.erase_one();
    const auto without = files_of(report_lost(desk, 4));
    const auto with = files_of(report_lost(desk, 4, {sha256_of(desk, held)}));
    for (const std::string& ledger : {kFile, kOtherFile}) desk.store->files.erase(ledger);
    const auto of = [&](const std::map<std::string, Bytes>& list) {
      Desk donor;
      donor.store->files = kept(desk, held.substr(0, held.size() - 5));
      return donor.audit(list).worth;
    };

    CHECK(of(without) == Worth::Refused);
    CHECK(of(with) == Worth::Good);
  }

  TEST_CASE("nothing left: nothing counts; an edition without a ledger could be anybody's") {
    Desk desk;
    desk.erase_one();

    CHECK(worth_of_certificates(desk.audit(files_of(report_lost(desk, 0)))) == std::set{Worth::Refused});
    Revoked revoked;
    revoked.add(report_lost(desk, 3));
    CHECK(revoked.check(workshop().stick.fingerprint(), 3, "").ok());
    CHECK(revoked.check(workshop().stick.fingerprint(), 0, "").error().stop == Stop::KeyRevoked);
    CHECK(revoked.check(workshop().root.fingerprint(), 99, "").ok());
  }

  TEST_CASE("the newest list counts: a witness that turned up later says more") {
    Desk desk;
    desk.erase_one();
    std::map<std::string, Bytes> both = files_of(report_lost(desk, 0));
    LostSticks better = report_lost(desk, 3);
    better.number = 2;
    both.merge(files_of(better));

    CHECK(desk.audit(both).worth == Worth::Good);
    CHECK(desk.audit(both).lists.size() == 2);
  }

  TEST_CASE("only the root says so: any changed bit, a stick's key, another workshop, another spelling are refused") {
    Desk desk;
    desk.erase_one();
    const LostSticks list = report_lost(desk, 3);
    const std::map<std::string, Bytes> files = files_of(list);
    for (const auto& [path, bytes] : files) {
      for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 7) {
        std::map<std::string, Bytes> changed = files;
        changed[path][bit / 8] ^= std::byte{1} << (bit % 8);
        const auto it = changed.begin();
        CAPTURE(path);
        CAPTURE(bit);
        CHECK(!read_lost_sticks(it->second, std::next(it)->second, workshop().root).ok());
      }
    }
    const std::string text = lost_sticks_text(list);
    const Bytes by_stick = cms_sign(as_bytes(text), workshop().stick_key, workshop().stick, kCertified_s).value();
    CHECK(read_lost_sticks(as_bytes(text), by_stick, workshop().root).error().stop == Stop::SignatureWrong);
    const Workshop other;
    CHECK(desk.audit(files_of(list, other)).worth == Worth::Refused);
    const std::string spelled = text + "\n";
    const Bytes signature = cms_sign(as_bytes(spelled), workshop().root_key, workshop().root, kCertified_s).value();
    CHECK(!read_lost_sticks(as_bytes(spelled), signature, workshop().root).ok());
  }

  TEST_CASE("names of lists") {
    CHECK(is_lost_sticks("VERIFIER/trousseau-3.json"));
    for (const char* path : {"trousseau-.json", "trousseau-03.json", "trousseau-3.json.p7s", "x-trousseau-3.json",
                             "trousseau-3x.json", "trousseau-3/x.json"})
      CHECK(!is_lost_sticks(path));
  }
}

}  // namespace
}  // namespace relance
