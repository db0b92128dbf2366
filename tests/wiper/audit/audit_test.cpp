#include "wiper/audit/audit.h"

#include <doctest/doctest.h>

#include <fstream>
#include <iterator>

#include "tests/support/memory_store.h"
#include "tests/support/sample_certificate.h"
#include "tests/support/workshop.h"
#include "wiper/audit/last_record.h"
#include "wiper/base/iso_time.h"
#include "wiper/crypto/sshsig.h"

namespace relance {
namespace {

Bytes signature_over(std::string_view text, std::int64_t time_s = kCertified_s) {
  return cms_sign(as_bytes(text), workshop().stick_key, workshop().stick, time_s).value();
}

std::string path_of(const Certificate& certificate) { return "/mnt/" + certificate_name(certificate) + ".json"; }

// A certificate that the stick really signed, whatever it says.
AuditedCertificate audit_signed(const Certificate& certificate, bool accept_trials = false) {
  const std::string text = certificate_text(certificate);
  return audit_certificate(path_of(certificate), as_bytes(text), signature_over(text),
                           {workshop().root, accept_trials});
}

AuditReport audit_stick(MemoryStore& stick, const AuditOptions& options = {}) {
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : stick.files) paths.push_back(path);
  return audit(paths, [&](const std::string& path) { return stick.read(path); }, workshop().root, options);
}

std::string publish(MemoryStore& stick, const Certificate& certificate, std::int64_t time_s = kCertified_s) {
  return publish_certificate(stick, certificate, time_s, workshop().signer).value().file;
}

TEST_SUITE("audit of one certificate") {
  TEST_CASE("an authentic certificate of an erased drive is good, and says who signed it for which machine") {
    const AuditedCertificate audited = audit_signed(erased_certificate());

    CHECK(audited.worth == Worth::Good);
    CHECK(audited.number == "DEF-04217-8");
    CHECK(audited.verdict == VerdictKind::Erased);
    CHECK(audited.serial == "S20BJ9 0Z/41");
    CHECK(audited.signer == "stick-07@Atelier");
    CHECK(audited.signed_at == "2026-11-18T11:06:40Z");
    CHECK(exit_code(audited.worth) == 0);
  }

  TEST_CASE("who answers for lots cannot certify an erasure, and begins no ledger") {
    const PrivateKey key = PrivateKey::make();
    const KeyCertificate responsable =
        certify_responsable(workshop().root_key, workshop().root, key, "claire", kCertified_s).value();
    const std::string text = certificate_text(erased_certificate());
    const Bytes signature = cms_sign(as_bytes(text), key, responsable, kCertified_s).value();

    const AuditedCertificate audited =
        audit_certificate(path_of(erased_certificate()), as_bytes(text), signature, {workshop().root});

    CHECK(audited.worth == Worth::Refused);
    CHECK(audited.stop == static_cast<std::uint64_t>(Stop::CertificateWrong));
    CHECK(audited.detail.find("not signed by a stick") != std::string::npos);
  }

  TEST_CASE("certificates of earlier editions are worth what they were worth") {
    const auto audit_file = [](const std::string& file) {
      std::ifstream opened("tests/golden/certificate/" + file, std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(opened), {}};
      const std::int64_t signed_s = kCertified_s + 4000;  // As they state.
      const std::string path = path_of(parse_certificate(text).value());
      return audit_certificate(path, as_bytes(text), signature_over(text, signed_s), {workshop().root});
    };
    CHECK(audit_file("first_edition/erased.json").worth == Worth::Good);
    CHECK(audit_file("first_edition/failed.json").worth == Worth::Reserve);
    CHECK(audit_file("first_edition/not_erased.json").verdict == VerdictKind::NotErased);
    CHECK(audit_file("second_edition/erased.json").worth == Worth::Good);
    CHECK(audit_file("second_edition/trial_done.json").worth == Worth::Good);
    CHECK(audit_file("third_edition/erased.json").worth == Worth::Good);
    CHECK(audit_file("third_edition/failed.json").worth == Worth::Reserve);
    CHECK(audit_file("third_edition/trial_done.json").worth == Worth::Good);
    CHECK(audit_file("fourth_edition/erased.json").worth == Worth::Good);
    CHECK(audit_file("fourth_edition/failed.json").worth == Worth::Reserve);
  }

  TEST_CASE("authentic certificates that say less than erased are a reserve") {
    CHECK(audit_signed(sampled_certificate()).worth == Worth::Reserve);
    CHECK(audit_signed(failed_certificate()).worth == Worth::Reserve);
    CHECK(audit_signed(failed_certificate()).verdict == VerdictKind::Failed);
    CHECK(exit_code(Worth::Reserve) == 6);
  }

  TEST_CASE(
      "any flipped bit of the certificate or wrong byte of its signature is refused, and the machine is still named") {
    const std::string text = certificate_text(erased_certificate());
    const Bytes signature = signature_over(text);
    const std::string path = path_of(erased_certificate());
    for (std::size_t at = 0; at < text.size(); at += 3) {
      CAPTURE(at);
      std::string changed = text;
      changed[at] = static_cast<char>(changed[at] ^ 1);
      const AuditedCertificate audited = audit_certificate(path, as_bytes(changed), signature, {workshop().root});
      CHECK(audited.worth == Worth::Refused);
      CHECK(!audited.verdict);
    }
    std::string lie = text;
    lie.replace(lie.find("\"equal\": 1000"), 13, "\"equal\": 1001");
    const AuditedCertificate audited = audit_certificate(path, as_bytes(lie), signature, {workshop().root});
    CHECK(audited.number == "DEF-04217-8");
    CHECK(audited.stop == static_cast<std::uint64_t>(Stop::SignatureWrong));
    CHECK(exit_code(audited.worth) == 4);
  }

  TEST_CASE("a stranger's certificate is refused as a stranger's") {
    const PrivateKey key = PrivateKey::make();
    const KeyCertificate root = make_root_certificate(key, "Atelier", kCertified_s).value();
    const std::string text = certificate_text(erased_certificate());

    const AuditedCertificate audited =
        audit_certificate(path_of(erased_certificate()), as_bytes(text), signature_over(text), {root});

    CHECK(audited.worth == Worth::Refused);
    CHECK(audited.stop == static_cast<std::uint64_t>(Stop::KeyStranger));
  }

  TEST_CASE("ESSAI proves nothing unless one asks for it") {
    const AuditedCertificate refused = audit_signed(trial_certificate());
    CHECK(refused.worth == Worth::Refused);
    CHECK(refused.stop == static_cast<std::uint64_t>(Stop::CertificateDemo));
    CHECK(refused.trial);

    CHECK(audit_signed(trial_certificate(), true).worth == Worth::Good);
  }

  TEST_CASE("a file that is not named after its contents is refused; a second one of the same name is not") {
    const std::string text = certificate_text(erased_certificate());
    const Bytes signature = signature_over(text);
    const auto worth_as = [&](const std::string& path) {
      return audit_certificate(path, as_bytes(text), signature, {workshop().root}).worth;
    };
    CHECK(worth_as("DEF-04217-8_S20BJ9-0Z-41_EFFACE.json") == Worth::Good);
    CHECK(worth_as("a/b/DEF-04217-8_S20BJ9-0Z-41_EFFACE_2.json") == Worth::Good);
    for (const std::string path :
         {"DEF-04225-3_S20BJ9-0Z-41_EFFACE.json", "DEF-04217-8_OTHER_EFFACE.json",
          "DEF-04217-8_S20BJ9-0Z-41_ECHEC.json", "DEF-04217-8_S20BJ9-0Z-41_EFFACE_0.json",
          "DEF-04217-8_S20BJ9-0Z-41_EFFACE_ESSAI.json", "DEF-04217-8_S20BJ9-0Z-41_EFFACE_.json",
          "DEF-04217-8_S20BJ9-0Z-41_EFFACE_100.json", "x.json", ""}) {
      CAPTURE(path);
      CHECK(worth_as(path) == Worth::Refused);
    }
  }

  TEST_CASE("signed with another time than it states is refused") {
    const std::string text = certificate_text(erased_certificate());
    const Bytes signature = signature_over(text, kCertified_s + 1);
    CHECK(audit_certificate(path_of(erased_certificate()), as_bytes(text), signature, {workshop().root}).worth ==
          Worth::Refused);
  }

  TEST_CASE("a signed certificate that contradicts itself is refused") {
    const auto refused_when = [](const Certificate& sample, const std::function<void(Certificate&)>& change) {
      Certificate certificate = sample;
      REQUIRE(audit_signed(certificate, true).worth != Worth::Refused);
      change(certificate);
      const AuditedCertificate audited = audit_signed(certificate, true);
      CHECK(audited.worth == Worth::Refused);
      CHECK(audited.stop == static_cast<std::uint64_t>(Stop::CertificateWrong));
      CHECK(!audited.detail.empty());
    };
    const Certificate erased = erased_certificate();
    const Certificate failed = failed_certificate();

    refused_when(erased, [](Certificate& c) { c.number = "DEF-04217-9"; });
    refused_when(erased, [](Certificate& c) { c.drive.kind = DriveKind::Loop; });
    refused_when(trial_certificate(), [](Certificate& c) { c.drive.kind = DriveKind::Physical; });
    refused_when(erased, [](Certificate& c) { c.drive.size_bytes -= 512; });
    refused_when(erased, [](Certificate& c) { c.drive.logical_block_bytes = 0; });
    refused_when(erased, [](Certificate& c) { c.erase.read_back.equal = 999; });
    refused_when(erased,
                 [](Certificate& c) { c.erase.read_back = {.blocks = 1000, .equal = 990, .percent_equal = 99}; });
    refused_when(erased, [](Certificate& c) { c.erase.read_back.differing = 1; });
    refused_when(erased, [](Certificate& c) { c.erase.read_back.unreadable = 1; });
    refused_when(erased, [](Certificate& c) { c.erase.verdict = VerdictKind::Failed; });
    refused_when(erased, [](Certificate& c) { c.erase.verdict = VerdictKind::ErasedWithReserve; });
    refused_when(erased, [](Certificate& c) { c.erase.level = "none"; });
    refused_when(erased, [](Certificate& c) { c.bad_ranges = {{1, 1, "read"}}; });
    refused_when(erased, [](Certificate& c) { c.statements = {{"DriveNotErased", {}, "disque NON effacé"}}; });
    refused_when(erased, [](Certificate& c) { c.image = CertifiedImage{.name = "xubuntu", .finished = false}; });
    refused_when(failed, [](Certificate& c) { c.erase.level = "Clear"; });
    refused_when(failed, [](Certificate& c) { c.statements.clear(); });
    refused_when(failed, [](Certificate& c) { c.verdict = VerdictKind::Erased; });
    refused_when(failed, [](Certificate& c) { c.bad_ranges = {{417, 0, "read"}}; });
    refused_when(failed, [](Certificate& c) { c.bad_ranges = {{999, 2, "read"}}; });
    refused_when(failed, [](Certificate& c) { c.bad_ranges = {{1, ~std::uint64_t{0}, "read"}}; });
    refused_when(failed, [](Certificate& c) { c.bad_ranges = {{5, 2, "read"}, {7, 2, "read"}}; });
    refused_when(failed, [](Certificate& c) { c.bad_ranges = {{7, 2, "read"}, {5, 1, "write"}}; });
    refused_when(failed, [](Certificate& c) { c.bad_ranges = {{5, 2, "lunch"}}; });
  }

  TEST_CASE("Purge is believed only of a drive that was told, did it, and kept no canary") {
    REQUIRE(audit_signed(purged_certificate()).worth == Worth::Good);
    const auto is_refused = [](const std::function<void(CertifiedErase&)>& change) {
      Certificate certificate = purged_certificate();
      change(certificate.erase);
      return audit_signed(certificate).worth == Worth::Refused;
    };
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive.reset(); }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.level = "Destroy"; }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->canaries.reset(); }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->canaries = Canaries{}; }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->commands.pop_back(); }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->commands.clear(); }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->commands[1].progress_seen = false; }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->commands[1].outcome = EraseOutcome::Unproven; }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->commands[1].command = EraseCommand::Overwrite; }));
    // One canary kept, one unread, one that was never there: less than all.
    CHECK(is_refused([](CertifiedErase& erase) {
      erase.by_drive->canaries = Canaries{.planned = 1000, .placed = 1000, .gone = 999, .kept = 1, .sections = 1000};
    }));
    const Canaries unread{
        .planned = 1000, .placed = 1000, .gone = 999, .unread = 1, .sections = 1000, .unread_sections = 1};
    CHECK(is_refused([&](CertifiedErase& erase) { erase.by_drive->canaries = unread; }));
    CHECK(!is_refused([&](CertifiedErase& erase) {
      erase.by_drive->canaries = unread;
      erase.level = "Clear";  // What our overwrite alone is worth.
    }));
    CHECK(is_refused([](CertifiedErase& erase) { --erase.by_drive->canaries->placed; }));
    CHECK(is_refused([](CertifiedErase& erase) { erase.by_drive->canaries->unread_sections = 1; }));
    // Survivors of an erase that the drive calls done are ECHEC, whatever the overwrite did.
    CHECK(is_refused([](CertifiedErase& erase) {
      erase.level = "Clear";
      erase.by_drive->canaries = Canaries{.planned = 1000, .placed = 1000, .kept = 1000, .sections = 1000};
    }));
  }

  TEST_CASE("an image that was not read back says so, and is a reserve beside an erased drive") {
    Certificate certificate = erased_certificate();
    CertifiedImage image;
    image.name = "xubuntu";
    image.finished = true;
    certificate.image = image;
    CHECK(audit_signed(certificate).worth == Worth::Refused);

    const Statement not_tried{"TrialNotDone", {}, "essai non fait"};
    certificate.trial = CertifiedTrial{};
    certificate.statements = {{"ImageNotReadBack", {}, "image NON relue"}, not_tried};
    CHECK(audit_signed(certificate).worth == Worth::Reserve);

    certificate.image->proven = true;
    CHECK(audit_signed(certificate).worth == Worth::Refused);

    certificate.statements = {not_tried};
    certificate.image->read_back = {.blocks = 10, .equal = 10, .differing = 0, .unreadable = 0, .percent_equal = 100};
    CHECK(audit_signed(certificate).worth == Worth::Good);
  }

  TEST_CASE("what is said of the trial start fits its checks, and a higher rank names the certificate before") {
    Certificate certificate = erased_certificate();
    certificate.image = CertifiedImage{.name = "xubuntu", .manifest_sha256 = {}, .finished = true, .proven = true};
    certificate.image->read_back = {.blocks = 10, .equal = 10, .differing = 0, .unreadable = 0, .percent_equal = 100};
    certificate.trial = CertifiedTrial{TrialState::Done, {{"sound", TrialOutcome::Fail, "no driver"}}};
    certificate.statements = {{"TrialDone", {}, "essai fait"}};
    certificate.rank = 2;
    certificate.replaces = CertifiedEarlier{"CERTIFICATS/2026-11/x.json", "ab"};
    CHECK(audit_signed(certificate).worth == Worth::Good);

    const auto is_refused = [&](const std::function<void(Certificate&)>& change) {
      Certificate changed = certificate;
      change(changed);
      return audit_signed(changed).worth == Worth::Refused;
    };
    CHECK(is_refused([](Certificate& c) { c.replaces.reset(); }));
    CHECK(is_refused([](Certificate& c) { c.rank = 1; }));
    CHECK(is_refused([](Certificate& c) { c.trial->checks.clear(); }));
    CHECK(is_refused([](Certificate& c) { c.trial->state = TrialState::Awaited; }));
    CHECK(is_refused([](Certificate& c) { c.trial.reset(); }));
    CHECK(is_refused([](Certificate& c) { c.statements.clear(); }));
  }

  TEST_CASE("the same blocks may be bad while writing and while reading") {
    Certificate certificate = failed_certificate();
    certificate.bad_ranges = {{5, 2, "read"}, {5, 2, "write"}, {100, 1, "write"}};
    CHECK(audit_signed(certificate).worth == Worth::Reserve);
  }

  TEST_CASE("what a hostile file says about itself is shown without control characters") {
    const std::string text = "{\"number\": \"\\u001b[2J\", \"a\\n\": 1, \"a\\n\": 2}";
    const AuditedCertificate audited =
        audit_certificate("x.json", as_bytes(text), signature_over(text), {workshop().root});

    CHECK(audited.worth == Worth::Refused);
    for (const char c : audited.number + audited.detail) CHECK(static_cast<unsigned char>(c) >= 0x20);
  }
}

Bytes pdf_of(const Certificate& certificate, std::int64_t page_time_s = kCertified_s) {
  const std::string text = certificate_text(certificate);
  const SignedCertificate contents{text, signature_over(text),
                                   sshsig_sign(as_bytes(text), kSshNamespace, workshop().stick_key, workshop().stick)};
  return certificate_pdf(certificate, contents, {}, page_time_s, workshop().signer).value();
}

AuditedCertificate audit_page(const Bytes& file, const Certificate& certificate, bool accept_trials = false) {
  return audit_pdf("/mnt/" + certificate_name(certificate) + ".pdf", file, {workshop().root, accept_trials});
}

TEST_SUITE("audit of a page") {
  TEST_CASE("it is worth what its data are worth") {
    const AuditedCertificate audited = audit_page(pdf_of(erased_certificate()), erased_certificate());

    CHECK(audited.worth == Worth::Good);
    CHECK(audited.path.ends_with("_EFFACE.pdf"));
    CHECK(audited.number == "DEF-04217-8");
    CHECK(audited.signer == "stick-07@Atelier");
    CHECK(audit_page(pdf_of(failed_certificate()), failed_certificate()).worth == Worth::Reserve);
    CHECK(audit_page(pdf_of(sampled_certificate()), sampled_certificate()).verdict == VerdictKind::ErasedWithReserve);
    CHECK(audit_page(pdf_of(trial_certificate()), trial_certificate()).trial);
    CHECK(audit_page(pdf_of(trial_certificate()), trial_certificate(), true).worth == Worth::Good);
  }

  TEST_CASE("every flipped bit is refused: 5000 drawn places of the file, and a bit of each line of its data") {
    const Bytes good = pdf_of(erased_certificate());
    REQUIRE(audit_page(good, erased_certificate()).worth == Worth::Good);
    const auto check_flipped = [&](std::size_t at, unsigned bit) {
      Bytes changed = good;
      changed[at] ^= std::byte{1} << bit;
      CAPTURE(at);
      CAPTURE(bit);
      const AuditedCertificate audited = audit_page(changed, erased_certificate());
      CAPTURE(at - as_text(good).find("/Contents<") - 10);
      CHECK(audited.worth == Worth::Refused);
      CHECK(!audited.verdict);
    };
    std::uint64_t drawn = 20261123;
    for (int i = 0; i < 5000; ++i) {
      drawn =
          drawn * 6364136223846793005U + 1442695040888963407U;  // Knuth's linear generator: the same places everywhere.
      check_flipped(static_cast<std::size_t>((drawn >> 33) % good.size()), static_cast<unsigned>(drawn >> 20 & 7));
    }
    const std::string text = certificate_text(erased_certificate());
    const std::size_t start = as_text(good).find(text);
    for (std::size_t line = 0; line < text.size(); line = text.find('\n', line) + 1)
      check_flipped(start + text.find_first_not_of(' ', line), 0);
    const std::size_t room = as_text(good).find("/Contents<") + 10;
    for (std::size_t at = 0; at < 2400; ++at) check_flipped(room + at, static_cast<unsigned>(at % 8));
  }

  TEST_CASE("a page of another machine's data, of another time, under another root or another name is refused") {
    const Bytes good = pdf_of(erased_certificate());
    const PrivateKey key = PrivateKey::make();
    const KeyCertificate stranger = make_root_certificate(key, "Atelier", kCertified_s).value();
    const std::string name = certificate_name(erased_certificate()) + ".pdf";

    CHECK(audit_page(pdf_of(erased_certificate(), kCertified_s + 1), erased_certificate()).worth == Worth::Refused);
    CHECK(audit_pdf(name, good, {stranger}).stop == static_cast<std::uint64_t>(Stop::KeyStranger));
    CHECK(audit_pdf("DEF-04225-3_S20BJ9-0Z-41_EFFACE.pdf", good, {workshop().root}).worth == Worth::Refused);
    CHECK(audit_pdf("", good, {workshop().root}).worth == Worth::Refused);
    CHECK(audit_pdf(name, {}, {workshop().root}).worth == Worth::Refused);
  }

  TEST_CASE("what lies beside a page is what is attached to it") {
    MemoryStore stick;
    const std::string file = publish(stick, erased_certificate());
    const std::string name = file.substr(0, file.size() - kCertificateEnding.size());
    REQUIRE(audit_stick(stick).worth == Worth::Good);
    REQUIRE(audit_stick(stick).certificates.size() == 2);

    Certificate other = erased_certificate();
    other.alea[0] = std::byte{1};
    stick.files[name + ".pdf"] = pdf_of(other);

    const AuditReport report = audit_stick(stick);
    CHECK(report.worth == Worth::Refused);
    CHECK(report.certificates.at(0).worth == Worth::Good);
    CHECK(report.certificates.at(1).detail.find("beside it") != std::string::npos);
    CHECK(!report.certificates.at(1).verdict);
  }
}

TEST_SUITE("audit of a folder") {
  TEST_CASE("the whole is worth what its worst certificate is worth") {
    MemoryStore stick;
    publish(stick, erased_certificate());
    publish(stick, erased_certificate());
    CHECK(audit_stick(stick).worth == Worth::Good);
    CHECK(audit_stick(stick).certificates.size() == 4);  // Each with its page.

    publish(stick, failed_certificate());
    CHECK(audit_stick(stick).worth == Worth::Reserve);

    publish(stick, trial_certificate());
    CHECK(audit_stick(stick).worth == Worth::Refused);
    CHECK(audit_stick(stick, {.accept_trials = true, .witnesses = {}, .heads = {}}).worth == Worth::Reserve);
  }

  TEST_CASE("a certificate without its signature, or one that cannot be read, is refused under its name") {
    MemoryStore stick;
    const std::string file = publish(stick, erased_certificate());
    stick.files.erase(file + ".p7s");
    stick.files.erase(file + ".sig");
    stick.files.erase(file.substr(0, file.size() - kCertificateEnding.size()) + ".pdf");

    const AuditReport report = audit_stick(stick);

    CHECK(report.worth == Worth::Refused);
    REQUIRE(report.certificates.size() == 1);
    CHECK(report.certificates[0].path == file);
    CHECK(report.certificates[0].number == "DEF-04217-8");
    const std::vector<std::string> missing{"gone.json", "gone.json.p7s"};
    const auto nothing = [](const std::string&) -> Result<Bytes> { return Error{Errc::Io, Stop::StickGone, "gone"}; };
    CHECK(audit(missing, nothing, workshop().root, {}).certificates.at(0).stop ==
          static_cast<std::uint64_t>(Stop::StickGone));
  }

  TEST_CASE("a signature whose certificate is not there is a reserve, and nothing at all is refused") {
    MemoryStore stick;
    CHECK(audit_stick(stick).worth == Worth::Refused);

    const std::string file = publish(stick, erased_certificate());
    stick.files.erase(file);
    CHECK(audit_stick(stick).worth == Worth::Reserve);
  }

  TEST_CASE("an SSH signature that lies beside a certificate must be its own, by the same key, in its one spelling") {
    MemoryStore stick;
    const std::string file = publish(stick, erased_certificate());
    const Bytes right = stick.files.at(file + ".sig");
    const auto worth_with = [&](Bytes signature) {
      stick.files[file + ".sig"] = std::move(signature);
      return audit_stick(stick).worth;
    };
    REQUIRE(worth_with(right) == Worth::Good);
    const std::string by_root = sshsig_sign(stick.files.at(file), kSshNamespace, workshop().root_key, workshop().root);
    const std::string of_other = sshsig_sign(as_bytes("x"), kSshNamespace, workshop().stick_key, workshop().stick);

    CHECK(worth_with({}) == Worth::Refused);
    CHECK(worth_with(Bytes(as_bytes(by_root).begin(), as_bytes(by_root).end())) == Worth::Refused);
    CHECK(worth_with(Bytes(as_bytes(of_other).begin(), as_bytes(of_other).end())) == Worth::Refused);
    for (std::size_t at = 0; at < right.size(); at += 7) {
      CAPTURE(at);
      Bytes changed = right;
      changed[at] ^= std::byte{1};
      CHECK(worth_with(changed) == Worth::Refused);
    }
  }

  TEST_CASE("two certificates whose signatures were exchanged are both refused") {
    MemoryStore stick;
    Certificate other = erased_certificate();
    other.drive.serial = "OTHER";
    const std::string one = publish(stick, erased_certificate());
    const std::string two = publish(stick, other);
    std::swap(stick.files.at(one + ".p7s"), stick.files.at(two + ".p7s"));

    const AuditReport report = audit_stick(stick);

    CHECK(report.certificates.at(0).worth == Worth::Refused);
    CHECK(report.certificates.at(1).worth == Worth::Refused);
  }
}

TEST_SUITE("last record") {
  TEST_CASE("it is the latest authentic certificate of the newest month, and forged ones do not push the clock") {
    MemoryStore stick;
    CHECK(last_record_s(stick, workshop().root) == 0);

    publish(stick, erased_certificate());
    Certificate later = erased_certificate();
    later.times.certificate = iso_time(kCertified_s + 100);
    publish(stick, later, kCertified_s + 100);
    CHECK(last_record_s(stick, workshop().root) == kCertified_s + 100);

    stick.files["CERTIFICATS/9999-12/x.json"] = Bytes(10);
    stick.files["CERTIFICATS/9999-12/x.json.p7s"] = signature_over("another text", 253'402'300'000);
    CHECK(last_record_s(stick, workshop().root) == kCertified_s + 100);
  }
}

}  // namespace
}  // namespace relance
