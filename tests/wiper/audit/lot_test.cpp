#include "wiper/audit/lot.h"

#include <doctest/doctest.h>

#include "tests/support/sample_certificate.h"
#include "tests/support/workshop.h"
#include "wiper/audit/audit.h"
#include "wiper/audit/bordereau_pdf.h"
#include "wiper/base/iso_time.h"

namespace relance {
namespace {

std::vector<AnnouncedMachine> list_of(std::string_view text) { return parse_lot_list(as_bytes(text)).value(); }
std::string refusal_of(std::string_view text) { return parse_lot_list(as_bytes(text)).error().detail; }

Paper paper(const std::string& number, const std::string& drive, Certificate certificate = erased_certificate()) {
  certificate.number = number;
  certificate.drive.serial = drive;
  certificate.machine.serial = "PC-" + number;
  return {number + "_" + drive + ".json", "sha of " + number + drive, std::move(certificate)};
}
Paper later(Paper paper, const std::string& time) {
  paper.certificate.times.certificate = time;
  return paper;
}
const LotRequest kRequest{.lot = "2026-11", .made = "2026-11-30T12:00:00Z"};

Fate fate_of(const std::string& list, const std::vector<Paper>& papers) {
  return reconcile(kRequest, list_of(list), papers).machines.at(0).fate;
}

// One machine of each fate, and one that nobody announced.
Bordereau whole_lot() {
  Paper installed = paper("DEF-04217-8", "A");
  installed.certificate.image = CertifiedImage{.name = "xubuntu-64", .finished = true, .proven = true};
  return reconcile(kRequest,
                   list_of("numéro;étiquette;série;modèle;année;détruit;remarque\n"
                           "DEF-04217-8;M1;;ThinkPad;2018;;\n"
                           "DEF-00042-0;M2;;;2012;;\n"
                           "DEF-04225-3;M3;;;;;\n"
                           ";M4;XYZ;;;broyé le 28/11, Claire;\n"
                           ";M5;;;;;gardé par la mairie\n"
                           ";M6;;;;;\n"),
                   {installed, paper("DEF-00042-0", "B", sampled_certificate()),
                    paper("DEF-04225-3", "C", failed_certificate()), paper("DEF-00017-8", "D")});
}

struct Signed {
  Bordereau bordereau = whole_lot();
  SignedBordereau contents{
      .text = bordereau_text(bordereau), .cms = {}, .csv = bordereau_csv(bordereau, Language::French)};
  PrivateKey key = PrivateKey::make();
  KeyCertificate responsable =
      certify_responsable(workshop().root_key, workshop().root, key, "claire", kCertified_s).value();

  Bytes pdf(const SigningKey& signer) {
    const std::int64_t now_s = seconds_of(bordereau.made).value();
    contents.cms = cms_sign(as_bytes(contents.text), signer.key, signer.certificate, now_s).value();
    return bordereau_pdf(bordereau, contents, {}, now_s, signer).value();
  }
  Bytes pdf() { return pdf({key, responsable}); }
};
Worth worth_of(const Bytes& file) { return audit_bordereau("BORDEREAU_x.pdf", file, {workshop().root}).worth; }

TEST_SUITE("a donor's list") {
  TEST_CASE("commas, semicolons, tabs, quotes, a mark of UTF-8 and old Windows letters") {
    const std::vector<AnnouncedMachine> wanted{{.number = "", .tag = "M;1", .serial = "S1", .model = "Société"}};
    CHECK(list_of("étiquette;série;modèle\n\"M;1\";S1;Société\n") == wanted);
    CHECK(list_of("\xEF\xBB\xBFInventory number,Serial number,Model\r\nM;1,S1,Société\r\n") == wanted);
    CHECK(list_of("Tag\tN\xB0 de s\xE9rie\tMod\xE8le\nM;1\tS1\tSoci\xE9t\xE9") == wanted);
    CHECK(list_of("tag,model\n\"a\"\"b\",\"two\nlines\"\n").at(0).tag == "a\"b");
    CHECK(list_of("tag\nM1\n\n;;\nM2").size() == 2);
  }

  TEST_CASE("what is wrong is named with its line") {
    CHECK(refusal_of("") == "list, line 1: empty");
    CHECK(refusal_of("couleur;poids\nrouge;3\n") == "list, line 1: no column « numéro », « étiquette » or « série »");
    CHECK(refusal_of("tag;modèle\nM1;x\n;y\n") == "list, line 3: names no machine");
    CHECK(refusal_of("tag\nM1\nM2\nM1\n") == "list, line 4: \"M1\" is listed twice");
    CHECK(refusal_of("tag;année\nM1;hier\n") == "list, line 2: \"hier\" is no year");
    CHECK(refusal_of("tag\n\"M1\n") == "list, line 2: a quote that does not end");
    CHECK(refusal_of("tag;model\n\"M1\"x;y\n") == "list, line 2: something stands behind a closing quote");
    CHECK(parse_lot_list(Bytes(kLongestLotList + 1)).error().stop == Stop::Usage);
  }

  TEST_CASE("a field that a spreadsheet would take for a formula is none, and what is quoted comes back") {
    CHECK(csv_line({"=1+1", "a;b", "c\"d", "-5", "plain"}) == "'=1+1;\"a;b\";\"c\"\"d\";'-5;plain\r\n");
  }
}

TEST_SUITE("lot") {
  TEST_CASE("each announced machine has one fate, and the sum leaves none out") {
    const Bordereau lot = whole_lot();

    using enum Fate;
    const Fate wanted[] = {Certified, Reserved, Failed, Destroyed, NotReceived, Unexplained, Certified};
    REQUIRE(lot.machines.size() == std::size(wanted));
    for (std::size_t i = 0; i < std::size(wanted); ++i) CHECK(lot.machines[i].fate == wanted[i]);
    CHECK_FALSE(lot.machines.back().announced);
    const LotTotals totals{.announced = 6,
                           .received = 4,
                           .certified = 1,
                           .reserved = 1,
                           .failed = 1,
                           .destroyed = 1,
                           .not_received = 1,
                           .unexplained = 1,
                           .not_announced = 1,
                           .reused = 1,
                           .year_known = 1,
                           .under_ten = 1,
                           .co2_kg_year = 27};
    CHECK(lot.totals == totals);
    CHECK(lot.donor == "Mairie de Lormont");
  }

  TEST_CASE("a machine is as good as its worst drive; the last word on a drive counts") {
    const std::string list = "number\nDEF-04217-8\n";
    const Paper good = paper("DEF-04217-8", "A");
    const Paper failed = paper("DEF-04217-8", "A", failed_certificate());
    CHECK(fate_of(list, {good, paper("DEF-04217-8", "B")}) == Fate::Certified);
    CHECK(fate_of(list, {good, paper("DEF-04217-8", "B", failed_certificate())}) == Fate::Failed);
    CHECK(fate_of(list, {failed, later(good, "2026-11-19T00:00:00Z")}) == Fate::Certified);
    CHECK(fate_of(list, {later(good, "2026-11-17T00:00:00Z"), failed}) == Fate::Failed);
    CHECK(fate_of(list, {good, failed}) == Fate::Failed);  // In the same second.
    CHECK(fate_of(list, {failed, good}) == Fate::Failed);
    CHECK(fate_of("number;destroyed\nDEF-04217-8;Claire\n", {failed}) == Fate::Destroyed);
    // Two drives without a serial are two drives.
    CHECK(reconcile(kRequest, list_of(list), {paper("DEF-04217-8", ""), paper("DEF-04217-8", "")})
              .machines.at(0)
              .drives.size() == 2);
  }

  TEST_CASE("found by number, by the machine's serial as people type it, or by a tag that is our number") {
    const std::vector<Paper> papers{paper("DEF-04217-8", "A")};
    CHECK(fate_of("serial\npc def 042178\n", papers) == Fate::Certified);
    CHECK(fate_of("tag\nDEF-04217-8\n", papers) == Fate::Certified);
    CHECK(fate_of("number;serial\nDEF-00042-0;PC-DEF-04217-8\n", papers) == Fate::Unexplained);
    CHECK(fate_of("tag\nM1\n", papers) == Fate::Unexplained);
  }

  TEST_CASE("papers of another lot are not this one's") {
    Paper other = paper("DEF-04217-8", "A");
    other.certificate.parties.lot = "2026-12";
    CHECK(reconcile(kRequest, list_of("tag\nM1\n"), {other}).machines.size() == 1);
  }
}

TEST_SUITE("bordereau") {
  TEST_CASE("signed by a responsable, it says itself what it is worth") {
    Signed lot;

    const AuditedBordereau audited = audit_bordereau("x/BORDEREAU_2026-11.pdf", lot.pdf(), {workshop().root});

    CHECK_MESSAGE(audited.worth == Worth::Reserve, audited.detail);
    CHECK(audited.signer == "responsable-claire@Atelier");
    CHECK(audited.announced == 6);
    CHECK(audited.unexplained == 1);
    lot.bordereau = reconcile(kRequest, list_of("number\nDEF-04217-8\n"), {paper("DEF-04217-8", "A")});
    lot.contents = {
        .text = bordereau_text(lot.bordereau), .cms = {}, .csv = bordereau_csv(lot.bordereau, Language::English)};
    CHECK(worth_of(lot.pdf()) == Worth::Good);
  }

  TEST_CASE("one that counts an ESSAI is one: refused unless asked for, and marked on its page") {
    Signed lot;
    lot.bordereau =
        reconcile(kRequest, list_of("number\nDEF-04217-8\n"), {paper("DEF-04217-8", "A", trial_certificate())});
    lot.contents = {
        .text = bordereau_text(lot.bordereau), .cms = {}, .csv = bordereau_csv(lot.bordereau, Language::French)};
    const Bytes pdf = lot.pdf();

    CHECK(audit_bordereau("BORDEREAU_x.pdf", pdf, {workshop().root}).stop ==
          static_cast<std::uint64_t>(Stop::CertificateDemo));
    CHECK(audit_bordereau("BORDEREAU_x.pdf", pdf, {workshop().root, true}).worth == Worth::Good);
    CHECK(bordereau_page(lot.bordereau, "responsable-claire@Atelier", {}).transcript().find("ESSAI") !=
          std::string::npos);
    CHECK(bordereau_page(whole_lot(), "responsable-claire@Atelier", {}).transcript().find("ESSAI") ==
          std::string::npos);
  }

  TEST_CASE("refused: a stick's key, sums that are others, a table that says something else, any changed byte") {
    Signed lot;
    CHECK(worth_of(lot.pdf(workshop().signer)) == Worth::Refused);
    Signed flattered;
    flattered.bordereau.totals.unexplained = 0;
    flattered.contents.text = bordereau_text(flattered.bordereau);
    CHECK(worth_of(flattered.pdf()) == Worth::Refused);
    Signed table;
    table.contents.csv += "M7;détruit\r\n";
    CHECK(worth_of(table.pdf()) == Worth::Refused);
    const Bytes whole = lot.pdf();
    for (std::size_t byte = 0; byte < whole.size(); byte += 997) {
      Bytes changed = whole;
      changed[byte] ^= std::byte{1};
      CAPTURE(byte);
      CHECK(worth_of(changed) == Worth::Refused);
    }
    CHECK(worth_of({}) == Worth::Refused);
    const Workshop stranger;
    CHECK(audit_bordereau("BORDEREAU_x.pdf", whole, {stranger.root}).stop ==
          static_cast<std::uint64_t>(Stop::KeyStranger));
  }
}

}  // namespace
}  // namespace relance
