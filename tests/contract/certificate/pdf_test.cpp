// Programs for PDF, none of them ours, agree with our page; each agreement has its twin that must fail.

#include <doctest/doctest.h>

#include <algorithm>
#include <iterator>

#include "tests/contract/certificate/published.h"
#include "wiper/crypto/cose.h"

namespace relance {
namespace {

// A certificate in which one letter of the data was changed, another whose first line of the page was.
void spoil(const Published& published, std::string_view what) {
  Bytes file = published.folder.read("c.pdf");
  const auto at = as_text(file).find(what);
  REQUIRE(at != std::string_view::npos);
  file[at] ^= std::byte{1};
  published.folder.write("spoilt.pdf", file);
}

TEST_SUITE("contract: PDF") {
  TEST_CASE("pdfsig: the whole document is signed, validly, by a key that the workshop's root has certified") {
    if (!has_program("pdfsig") || !has_program("certutil"))
      return skip("the programs pdfsig and certutil are not installed");
    const Published published(erased_certificate());
    const auto root = published.folder.run(
        "mkdir nss && certutil -N -d sql:nss --empty-password && certutil -A -d sql:nss -n racine -t ,C, -i "
        "racine.pem");
    REQUIRE_MESSAGE(root.exit_code == 0, root.output);
    const auto pdfsig = [&](const std::string& file) {
      return published.folder.run("pdfsig -nssdir sql:nss " + file).output;
    };

    const std::string verified = pdfsig("c.pdf");

    INFO(verified);
    CHECK(says(verified, "Total document signed"));
    CHECK(says(verified, "Signature is Valid"));
    CHECK(says(verified, "Certificate is Trusted"));
    CHECK(says(verified, "adbe.pkcs7.detached"));
    CHECK(says(verified, "Signing Time: Nov 18 2026 11:06:40"));
    spoil(published, "EFFACE");
    CHECK(!says(pdfsig("spoilt.pdf"), "Signature is Valid"));
    CHECK(published.folder.run("cp c.pdf longer.pdf && printf '%%%%a page more' >> longer.pdf").exit_code == 0);
    CHECK(!says(pdfsig("longer.pdf"), "Total document signed"));
  }

  TEST_CASE("mutool: the document is unchanged since signing; not after one changed letter") {
    if (!has_program("mutool")) return skip("the program mutool is not installed");
    const Published published(erased_certificate());

    CHECK(says(published.folder.run("mutool sign -v c.pdf").output, "unchanged since signing"));
    spoil(published, "EFFACE");
    CHECK(!says(published.folder.run("mutool sign -v spoilt.pdf").output, "unchanged since signing"));
  }

  TEST_CASE("qpdf finds nothing to complain about; in a file with a wrong table it does") {
    if (!has_program("qpdf")) return skip("the program qpdf is not installed");
    for (const Certificate& certificate : {erased_certificate(), failed_certificate(), trial_certificate()}) {
      const Published published(certificate);
      const auto checked = published.folder.run("qpdf --check c.pdf");
      CHECK_MESSAGE(checked.exit_code == 0, checked.output);
    }
    const Published published(erased_certificate());
    spoil(published, "xref\n0 ");
    CHECK(published.folder.run("qpdf --check spoilt.pdf").exit_code != 0);
  }

  TEST_CASE("pdfdetach takes out the three files that lie beside it, byte for byte") {
    if (!has_program("pdfdetach")) return skip("the program pdfdetach is not installed");
    const Published published(erased_certificate());
    const std::string detach = "rm -rf out && mkdir out && pdfdetach -saveall -o out ";

    const auto same =
        published.folder.run(detach +
                             "c.pdf && cmp out/certificat.json c.json && cmp "
                             "out/certificat.json.p7s c.json.p7s && cmp out/certificat.json.sig c.json.sig");

    CHECK_MESSAGE(same.exit_code == 0, same.output);
    spoil(published, "EFFACE");
    CHECK(published.folder.run(detach + "spoilt.pdf && cmp out/certificat.json c.json").exit_code != 0);
  }

  TEST_CASE("openssl verifies the page's signature over what its ranges name, cut out with head and tail") {
    if (!has_program("openssl") || !has_program("xxd")) return skip("the programs openssl and xxd are not installed");
    const Published published(erased_certificate());
    const std::string cut =
        "set -- $(grep -a -o 'ByteRange.0 [0-9]* [0-9]* [0-9]*' $f | sed 's/.*\\[//') && "
        "{ head -c $((10#$2)) $f; tail -c $((10#$4)) $f; } > covered && "
        "tail -c +$((10#$2 + 2)) $f | head -c $((10#$3 - 10#$2 - 2)) | xxd -r -p > room.p7s && "
        "openssl cms -verify -binary -purpose any -no_check_time -inform DER -in room.p7s -content covered -CAfile "
        "racine.pem -out /dev/null";
    published.folder.write("cut.sh", as_bytes(cut));
    const auto run = [&](const std::string& file) { return published.folder.run("f=" + file + " bash cut.sh"); };

    const auto verified = run("c.pdf");

    CHECK_MESSAGE(verified.exit_code == 0, verified.output);
    spoil(published, "EFFACE");
    CHECK(run("spoilt.pdf").exit_code != 0);
  }

  TEST_CASE(
      "zbarimg reads the QR code from the page at 100 dpi: its hash is the data's, its signature is the stick's") {
    if (!has_program("zbarimg") || !has_program("pdftoppm"))
      return skip("the programs zbarimg and pdftoppm are not installed");
    const Published published(erased_certificate());
    const auto read =
        published.folder.run("pdftoppm -r 100 -png c.pdf page && zbarimg -q --raw page-1.png 2>/dev/null");
    REQUIRE_MESSAGE(read.exit_code == 0, read.output);
    CHECK(read.output.starts_with("EFFACE DEF-04217-8 S20BJ9 0Z/41 "));

    const std::string payload =
        to_hex(qr_claims(erased_certificate(), kCertified_s, sha256(published.folder.read("c.json"))));
    // The digits as bytes again, by Python; then the signature, by our own ECDSA over RFC 9052's structure, written out.
    const auto hex = published.folder.run(
        "pdftoppm -r 100 -png c.pdf page && zbarimg -q --raw page-1.png 2>/dev/null | "
        "python3 -c 'import sys; print(\"%x\" % int(sys.stdin.read().split(\"#\")[1]))'");
    const auto found = hex.output.find(payload);
    REQUIRE(found != std::string::npos);
    const std::string behind = hex.output.substr(found + payload.size());
    REQUIRE(behind.starts_with("5840"));
    const Bytes signature_bytes = from_hex(behind.substr(4, 128)).value();
    RawSignature signature{};
    std::ranges::copy(signature_bytes, signature.begin());
    const std::array<std::byte, 1> length{static_cast<std::byte>(payload.size() / 2)};
    Bytes to_sign = from_hex("846a5369676e61747572653143a101264058" + to_hex(length) + payload).value();
    CHECK(holds_raw(to_sign, signature, public_point(published.keys().stick)));
    to_sign.back() ^= std::byte{1};
    CHECK(!holds_raw(to_sign, signature, public_point(published.keys().stick)));
  }

  TEST_CASE("pdffonts: every font is embedded, and only a part of it; pdftotext reads accents and verdict") {
    if (!has_program("pdffonts") || !has_program("pdftotext"))
      return skip("the programs of poppler-utils are not installed");
    const Published published(failed_certificate());
    const std::string fonts = published.folder.run("pdffonts c.pdf | tail -n +3").output;
    CHECK(std::ranges::count(fonts, '\n') == 3);
    CHECK(says(fonts, "+Lato-Regular"));
    std::size_t embedded_parts = 0;
    for (auto at = fonts.find(" yes yes "); at != std::string::npos; at = fonts.find(" yes yes ", at + 1))
      ++embedded_parts;
    CHECK_MESSAGE(embedded_parts == 3, fonts);
    const std::string text = published.folder.run("pdftotext -layout c.pdf -").output;
    for (const char* words :
         {"Constat d’échec d’effacement", "ÉCHEC", "Société Générale", "Mairie de Lormont", "417–418 (lecture)"})
      CHECK_MESSAGE(says(text, words), text);
  }
}

}  // namespace
}  // namespace relance
