#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

#include "tests/support/sample_certificate.h"
#include "tests/support/workshop.h"
#include "wiper/certificate/certificate_page.h"
#include "wiper/certificate/publish.h"
#include "wiper/certificate/qr_code.h"
#include "wiper/crypto/sshsig.h"

namespace relance {
namespace {

SignedCertificate signed_contents(const Certificate& certificate) {
  const std::string text = certificate_text(certificate);
  return {text, cms_sign(as_bytes(text), workshop().stick_key, workshop().stick, kCertified_s).value(),
          sshsig_sign(as_bytes(text), kSshNamespace, workshop().stick_key, workshop().stick)};
}

Bytes pdf_of(const Certificate& certificate, const PaperWish& wish = {}) {
  return certificate_pdf(certificate, signed_contents(certificate), wish, kCertified_s, workshop().signer).value();
}

std::string attached_text(const Bytes& pdf) {
  return std::string(as_text(read_certificate_pdf(pdf).value().attachments[0]));
}

// As much as a certificate may ever have to say.
Certificate longest_certificate() {
  Certificate certificate = failed_certificate();
  const std::string name = "Ein sehr langer Name, den jemand in ein BIOS geschrieben hat " + std::string(200, 'W');
  for (std::uint64_t i = 0; i < 500; ++i) certificate.bad_ranges.push_back({2 * i, 1, i % 2 == 0 ? "read" : "write"});
  for (int i = 0; i < 30; ++i) certificate.statements.push_back({"KindFile", {}, name});
  for (int i = 0; i < 40; ++i) certificate.erase.passes.push_back(certificate.erase.passes.front());
  for (int i = 0; i < 40; ++i) certificate.interruptions.push_back({iso_time(kCertified_s), 0, "zero"});
  certificate.reasons.assign(20, {"ReasonNotRead", {}, name});
  certificate.machine = {name, name, name, ~std::uint64_t{0}, name};
  certificate.parties = {name, name, name, name};
  certificate.drive.model = certificate.drive.serial = certificate.drive.wwn = certificate.drive.firmware = name;
  certificate.drive.blocks = certificate.drive.size_bytes = ~std::uint64_t{0};
  certificate.erase.read_back.blocks = certificate.erase.read_back.equal = ~std::uint64_t{0};
  certificate.image = CertifiedImage{.name = name, .manifest_sha256 = std::string(64, 'f'), .finished = true};
  certificate.trial =
      CertifiedTrial{TrialState::Done, {{name, TrialOutcome::Pass, name}, {name, TrialOutcome::Fail, ""}}};
  certificate.rank = 2;
  certificate.replaces = CertifiedEarlier{name, std::string(64, 'c')};
  return certificate;
}

TEST_SUITE("certificate as PDF") {
  TEST_CASE("what is attached is what was signed, to the last byte, and its own signature covers all the rest") {
    for (const Certificate& certificate :
         {erased_certificate(), failed_certificate(), sampled_certificate(), trial_certificate()}) {
      const SignedCertificate contents = signed_contents(certificate);
      const Bytes file = certificate_pdf(certificate, contents, {}, kCertified_s, workshop().signer).value();

      const SignedPdf pdf = read_certificate_pdf(file).value();

      CHECK(as_text(pdf.attachments[0]) == contents.text);
      CHECK(pdf.attachments[1] == contents.cms);
      CHECK(as_text(pdf.attachments[2]) == contents.ssh);
      CHECK(cms_verify(pdf.covered, pdf.signature, workshop().root).value().signing_time_s == kCertified_s);
      CHECK(pdf.covered.size() + 2 * kSignatureRoom + 2 == file.size());
      CHECK(file.size() <= 80'000);
    }
  }

  TEST_CASE("names that look like PDF stay names") {
    Certificate certificate = erased_certificate();
    certificate.drive.model = "a) Tj ET /ByteRange[0 0000000000 0000000000 0000000000]/Contents<00>>>";
    certificate.parties.donor = "\\(é) endstream endobj 1 0 obj <<stream";

    CHECK(attached_text(pdf_of(certificate)) == certificate_text(certificate));
  }

  TEST_CASE("anything more, less or elsewhere is no layout of ours") {
    const Bytes good = pdf_of(erased_certificate());
    const auto is_read = [](const Bytes& file) { return read_certificate_pdf(file).ok(); };
    REQUIRE(is_read(good));

    Bytes longer = good;
    longer.push_back(std::byte{'\n'});
    CHECK(!is_read(longer));
    Bytes in_front = good;
    in_front.insert(in_front.begin(), std::byte{'\n'});
    CHECK(!is_read(in_front));
    Bytes upper = good;
    const auto contents = as_text(good).find("/Contents<3082") + 10;
    const auto letter = std::find_if(upper.begin() + static_cast<std::ptrdiff_t>(contents), upper.end(),
                                     [](std::byte each) { return each >= std::byte{'a'}; });
    *letter ^= std::byte{0x20};
    CHECK(!is_read(upper));
    Bytes behind = good;
    behind[as_text(good).find(">>>\nendobj\nxref") - 1] = std::byte{'1'};
    CHECK(!is_read(behind));
    for (std::size_t size = 0; size < good.size(); size += 997)
      CHECK(!is_read(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size))));
  }

  TEST_CASE("however much there is to say, it is one page, and nothing leaves its place") {
    for (const Language language : {Language::French, Language::English}) {
      const Certificate certificate = longest_certificate();
      const PdfCanvas page = certificate_page(certificate, {.language = language,
                                                            .signer = std::string(64, 'W'),
                                                            .text_sha256 = std::string(64, 'a'),
                                                            .root_fingerprint = std::string(64, 'b'),
                                                            .qr = {}});

      std::istringstream lines(page.transcript());
      int count = 0;
      for (std::string line; std::getline(lines, line);) {
        double x = 0;
        double y = 0;
        std::string face;
        double size = 0;
        std::istringstream(line) >> x >> y >> face >> size;
        const std::string words = line.substr(line.find(" | ") + 3);
        CAPTURE(line);
        CHECK(x >= 53.9);
        CHECK((y <= 664 || y >= 680));
        CHECK(y <= 806);
        const Face drawn_in = face == "mono" ? Face::Mono : face == "bold" ? Face::Bold : Face::Regular;
        CHECK(x + static_cast<double>(width_of({drawn_in, static_cast<Hundredths>(size * 100), {}}, words)) / 100 <=
              541.4);
        ++count;
      }
      CHECK(count > 40);
      CHECK(page.transcript().find("certificat.json") != std::string::npos);
    }
    CHECK(pdf_of(longest_certificate()).size() < 300'000);
  }

  TEST_CASE("what the fonts cannot print is a question mark on the page, and whole in the data") {
    CHECK(encoded(Face::Regular, "Œuvre d’Évry – 5 €") == "\x8Cuvre d\x92\xC9vry \x96 5 \x80");
    CHECK(encoded(Face::Regular, "Łódź\n") ==
          "?\xF3"
          "d??");
    CHECK(encoded(Face::Mono, "Sé0O") == "S?0O");
    Certificate certificate = erased_certificate();
    certificate.parties.donor = "Łódź 東京";
    CHECK(attached_text(pdf_of(certificate)).find("Łódź 東京") != std::string::npos);
  }

  TEST_CASE("lines break at blanks; what is too long ends in an ellipsis") {
    const Type type{Face::Regular, 10_pt, {}};
    const Hundredths room = width_of(type, "un deux trois");

    CHECK(wrapped(type, "un deux trois quatre", room, 3) == std::vector<std::string>{"un deux trois", "quatre"});
    CHECK(wrapped(type, "un", room, 1) == std::vector<std::string>{"un"});
    const std::vector<std::string> cut = wrapped(type, "un deux trois quatre", room, 1);
    REQUIRE(cut.size() == 1);
    CHECK(cut[0].ends_with("…"));
    CHECK(width_of(type, cut[0]) <= room);
    CHECK(width_of(type, wrapped(type, std::string(500, 'm'), room, 4).at(0)) <= room);
  }
}

TEST_SUITE("QR code of a certificate") {
  TEST_CASE("before '#' an address or words, which hold no '#' themselves; ESSAI is among them") {
    Certificate certificate = trial_certificate();
    certificate.drive.serial = "A#1";

    CHECK(qr_words(certificate, {.verify_url = "https://x.example/v"}, "ab") == "https://x.example/v");
    CHECK(qr_words(certificate, {}, std::string(64, 'a')) ==
          "EFFACE_ESSAI DEF-04217-8 A-1 2026-11-18T11:06:40Z SHA-256 aaaaaaaaaaaaaaaa ");
  }

  TEST_CASE("the claims hold the raw hash of the data, and texts are cut between letters") {
    Certificate certificate = trial_certificate();
    certificate.drive.model = std::string(39, 'a') + "é";
    const Sha256Digest digest = sha256(as_bytes("x"));

    const std::string claims = to_hex(qr_claims(certificate, kCertified_s, digest));

    CHECK(
        claims.starts_with("ab016b4445462d30343231372d38"
                           "026c4546464143455f4553534149"));
    CHECK(claims.ends_with("095820" + to_hex(digest) + "0a040b48" + std::string(16, '0')));
    CHECK(claims.find("067827" + to_hex(as_bytes(std::string(39, 'a'))) + "07") != std::string::npos);
  }

  TEST_CASE("more than a code holds is an error, and not an end of the program") {
    CHECK(qr_code("x", "123").value().size() == 21);
    CHECK(qr_code(std::string(5000, 'x'), "1").error().code == Errc::Invalid);
  }
}

}  // namespace
}  // namespace relance
