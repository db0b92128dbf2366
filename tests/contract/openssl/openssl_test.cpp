// openssl(1), none of our code, agrees with wiper/crypto in both directions; each agreement has its twin that it refuses.

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>

#include "tests/support/shell.h"
#include "tests/support/skip.h"
#include "wiper/crypto/cms.h"
#include "wiper/crypto/keyed_stream.h"

namespace relance {
namespace {

constexpr std::string_view kNoOpenssl = "the program openssl is not installed";
constexpr std::int64_t kNow = 1'795'000'000;  // 2026-11-18 11:06:40
constexpr std::string_view kPassphrase = "un deux trois quatre cinq";
// As the leaflet for auditors prints it.
const std::string kVerify =
    "openssl cms -verify -binary -purpose any -no_check_time -inform DER -in c.json.p7s -content c.json -CAfile "
    "racine.pem -out /dev/null";

// A workshop's files in a folder: racine.pem, stick.pem, stick.key, c.json and its signature.
struct Bench {
  TemporaryFolder folder;
  PrivateKey root_key = PrivateKey::make();
  KeyCertificate root = make_root_certificate(root_key, "Atelier Réemploi", kNow).value();
  PrivateKey stick_key = PrivateKey::make();
  KeyCertificate stick = certify_stick(root_key, root, stick_key, "07", kNow).value();
  std::string text = "{\n  \"number\": \"DEF-04217-8\",\r\n  \"donor\": \"Société Générale\"\n}\n";

  Bench() {
    folder.write("racine.pem", root.to_pem());
    folder.write("stick.pem", stick.to_pem());
    folder.write("c.json", as_bytes(text));
    folder.write("c.json.p7s", cms_sign(as_bytes(text), stick_key, stick, kNow).value());
  }
  void write_key() { folder.write("stick.key", stick_key.to_pem(kPassphrase)); }

  // openssl signs with these words more, we verify.
  Result<CmsSigner> verify_what_openssl_signs(const std::string& words) {
    const auto signing =
        folder.run("openssl cms -sign -binary -in c.json -signer stick.pem -inkey stick.key -passin 'pass:" +
                   std::string(kPassphrase) + "' -outform DER -out theirs.p7s " + words);
    REQUIRE_MESSAGE(signing.exit_code == 0, signing.output);
    return cms_verify(as_bytes(text), folder.read("theirs.p7s"), root);
  }
};

bool says(const std::string& text, std::string_view wanted) { return text.find(wanted) != std::string::npos; }

TEST_SUITE("contract: openssl") {
  TEST_CASE("openssl verifies our signature, and refuses it after one flipped byte and under another root") {
    if (!has_program("openssl")) return skip(kNoOpenssl);
    Bench bench;

    const auto verified = bench.folder.run(kVerify);

    CHECK_MESSAGE(verified.exit_code == 0, verified.output);
    CHECK(says(verified.output, "CMS Verification successful"));
    bench.text[3] ^= 1;
    bench.folder.write("c.json", as_bytes(bench.text));
    CHECK(bench.folder.run(kVerify).exit_code != 0);
    bench.text[3] ^= 1;
    bench.folder.write("c.json", as_bytes(bench.text));
    CHECK(bench.folder.run(kVerify).exit_code == 0);
    bench.folder.write("racine.pem", make_root_certificate(bench.stick_key, "Atelier Réemploi", kNow).value().to_pem());
    CHECK(bench.folder.run(kVerify).exit_code != 0);
  }

  TEST_CASE("openssl verifies it with its own default purpose too, as CAdES, and finds no root inside") {
    if (!has_program("openssl")) return skip(kNoOpenssl);
    const Bench bench;

    const auto as_cades = bench.folder.run(
        "openssl cms -verify -cades -binary -no_check_time -inform DER -in c.json.p7s -content c.json -CAfile "
        "racine.pem -out /dev/null");
    const std::string inside = bench.folder.run("openssl cms -cmsout -print -inform DER -in c.json.p7s").output;

    CHECK_MESSAGE(as_cades.exit_code == 0, as_cades.output);
    CHECK(says(inside, "subject: CN=stick-07@Atelier-R"));
    CHECK(!says(inside, "subject: CN=Atelier"));
    CHECK(says(inside, "UTCTIME:Nov 18 11:06:40 2026 GMT"));
    CHECK(says(inside, "id-smime-aa-signingCertificateV2"));
  }

  TEST_CASE("openssl opens our key file with its passphrase only, and reads the same key in it") {
    if (!has_program("openssl")) return skip(kNoOpenssl);
    Bench bench;
    bench.write_key();

    const auto opened =
        bench.folder.run("openssl pkey -in stick.key -passin 'pass:" + std::string(kPassphrase) + "' -pubout");
    const auto certified = bench.folder.run("openssl x509 -in stick.pem -noout -pubkey");

    CHECK(opened.exit_code == 0);
    CHECK(opened.output == certified.output);
    CHECK(bench.folder.run("openssl pkey -in stick.key -passin pass:another -pubout").exit_code != 0);
    CHECK(says(bench.folder.run("openssl asn1parse -in stick.key").output, ":scrypt"));
  }

  TEST_CASE("openssl reads in our certificates what they may be used for and for how long") {
    if (!has_program("openssl")) return skip(kNoOpenssl);
    const Bench bench;

    const auto chain = bench.folder.run("openssl verify -x509_strict -no_check_time -CAfile racine.pem stick.pem");
    const std::string stick = bench.folder.run("openssl x509 -in stick.pem -noout -text").output;
    const std::string root = bench.folder.run("openssl x509 -in racine.pem -noout -text").output;
    std::string fingerprint = bench.folder.run("openssl x509 -in racine.pem -noout -fingerprint -sha256").output;

    CHECK_MESSAGE(chain.exit_code == 0, chain.output);
    CHECK(says(stick, "Not After : Nov 18 11:06:40 2036 GMT"));
    CHECK(says(stick, "Digital Signature, Non Repudiation\n"));
    CHECK(says(stick, "1.3.6.1.5.5.7.3.36, E-mail Protection\n"));
    CHECK(says(stick, "CA:FALSE"));
    CHECK(says(root, "Not After : Nov 18 11:06:40 2046 GMT"));
    CHECK(says(root, "CA:TRUE, pathlen:0"));
    std::erase(fingerprint, ':');
    std::ranges::transform(fingerprint, fingerprint.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    CHECK(says(fingerprint, to_hex(bench.root.fingerprint())));
  }

  TEST_CASE("we verify what openssl signs our way, and refuse its other ways") {
    if (!has_program("openssl")) return skip(kNoOpenssl);
    Bench bench;
    bench.write_key();

    CHECK(bench.verify_what_openssl_signs("-md sha256 -cades").value().common_name == "stick-07@Atelier-Réemploi");

    CHECK(bench.verify_what_openssl_signs("-md sha256 -cades -nodetach").error().stop == Stop::SignatureWrong);
    CHECK(bench.verify_what_openssl_signs("-md sha384 -cades").error().stop == Stop::SignatureWrong);
    CHECK(bench.verify_what_openssl_signs("-md sha1 -cades").error().stop == Stop::SignatureWrong);
    CHECK(bench.verify_what_openssl_signs("-md sha256").error().stop ==
          Stop::SignatureWrong);  // Without signing-certificate-v2.
    CHECK(bench.verify_what_openssl_signs("-md sha256 -noattr").error().stop == Stop::SignatureWrong);
    CHECK(bench.verify_what_openssl_signs("-md sha256 -cades -nocerts").error().stop == Stop::KeyStranger);
    CHECK(bench.verify_what_openssl_signs("-md sha256 -cades -stream -indef").error().stop ==
          Stop::SignatureWrong);  // BER.
  }

  TEST_CASE("openssl enc makes the same keyed streams, and another for another key") {
    if (!has_program("openssl")) return skip(kNoOpenssl);
    const TemporaryFolder folder;
    const StreamKey key = derive_key(as_bytes("seed"), "contract");
    const Bytes zeros(100'000);
    folder.write("zeros", zeros);
    for (const Cipher cipher : {Cipher::Aes256Ctr, Cipher::ChaCha20}) {
      CAPTURE(name_of(cipher));
      Bytes ours(zeros.size());
      KeyedStream(cipher, key).fill(0, ours);
      const std::string words = "openssl enc -" + std::string(name_of(cipher)) +
                                " -in zeros -out theirs -iv 00000000000000000000000000000000 -K ";

      const auto made = folder.run(words + to_hex(key));

      CHECK_MESSAGE(made.exit_code == 0, made.output);
      CHECK(folder.read("theirs") == ours);
      CHECK(folder.run(words + std::string(64, '0')).exit_code == 0);
      CHECK(folder.read("theirs") != ours);
    }
  }
}

}  // namespace
}  // namespace relance
