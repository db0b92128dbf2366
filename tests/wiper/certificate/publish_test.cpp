#include "wiper/certificate/publish.h"

#include <doctest/doctest.h>

#include "tests/support/memory_store.h"
#include "tests/support/sample_certificate.h"
#include "tests/support/workshop.h"
#include "wiper/crypto/sshsig.h"

namespace relance {
namespace {

Result<PublishedCertificate> publish(Store& stick, const Certificate& certificate) {
  return publish_certificate(stick, certificate, kCertified_s, workshop().signer);
}

// Each certificate on the stick has its signature beside it, and it is right.
void check_all_signed(const MemoryStore& stick) {
  for (const auto& [path, bytes] : stick.files) {
    if (!path.ends_with(kCertificateEnding)) continue;
    CAPTURE(path);
    const auto signature = stick.files.find(path + ".p7s");
    REQUIRE(signature != stick.files.end());
    CHECK(cms_verify(bytes, signature->second, workshop().root).ok());
    const auto ssh = stick.files.find(path + ".sig");
    REQUIRE(ssh != stick.files.end());
    CHECK(sshsig_verify(bytes, as_text(ssh->second), kSshNamespace, public_point(workshop().stick)).ok());
  }
}

TEST_SUITE("publishing a certificate") {
  TEST_CASE("number, serial and verdict name the file, in the folder of the month") {
    MemoryStore stick;

    const PublishedCertificate published = publish(stick, erased_certificate()).value();

    CHECK(published.file == "CERTIFICATS/2026-11/DEF-04217-8_S20BJ9-0Z-41_EFFACE.json");
    CHECK(published.signature_file == published.file + ".p7s");
    const Bytes& text = stick.files.at(published.file);
    CHECK(published.sha256 == to_hex(sha256(text)));
    CHECK(as_text(text) == certificate_text(erased_certificate()));
    const CmsSigner signer = cms_verify(text, stick.files.at(published.signature_file), workshop().root).value();
    CHECK(signer.common_name == "stick-07@Atelier");
    CHECK(signer.signing_time_s == kCertified_s);
  }

  TEST_CASE("what is not a physical drive carries ESSAI behind the verdict; missing words have a place of their own") {
    CHECK(certificate_name(trial_certificate()) == "DEF-04217-8_S20BJ9-0Z-41_EFFACE_ESSAI");
    CHECK(certificate_name(failed_certificate()) == "DEF-04217-8_S20BJ9-0Z-41_ECHEC");
    CHECK(certificate_name(sampled_certificate()) == "DEF-04217-8_S20BJ9-0Z-41_RESERVE");
    Certificate nameless = erased_certificate();
    nameless.number = "";
    nameless.drive.serial = "../../é";
    CHECK(certificate_name(nameless) == "SANS-NUMERO_INCONNU_EFFACE");
  }

  TEST_CASE("a second certificate of the same name stands beside the first, which stays as it is") {
    MemoryStore stick;
    Certificate second = erased_certificate();
    second.alea[0] = std::byte{1};

    const PublishedCertificate one = publish(stick, erased_certificate()).value();
    const Bytes first_bytes = stick.files.at(one.file);
    const PublishedCertificate two = publish(stick, second).value();
    const PublishedCertificate three = publish(stick, second).value();

    CHECK(two.file == "CERTIFICATS/2026-11/DEF-04217-8_S20BJ9-0Z-41_EFFACE_2.json");
    CHECK(three.file == "CERTIFICATS/2026-11/DEF-04217-8_S20BJ9-0Z-41_EFFACE_3.json");
    CHECK(stick.files.at(one.file) == first_bytes);
    check_all_signed(stick);
  }

  TEST_CASE("whichever write fails, no certificate is on the stick without its signature, and trying again succeeds") {
    for (const bool lands_anyway : {false, true}) {
      for (unsigned n = 1; n <= 4; ++n) {
        CAPTURE(lands_anyway);
        CAPTURE(n);
        MemoryStore stick;
        stick.failing_publish = n;
        stick.lands_anyway = lands_anyway;

        CHECK(publish(stick, erased_certificate()).error().stop == Stop::StickGone);
        check_all_signed(stick);

        REQUIRE(publish(stick, erased_certificate()).ok());
        check_all_signed(stick);
      }
    }
  }

  TEST_CASE("a name that is always taken ends in a refusal and not in a loop") {
    MemoryStore stick;
    for (unsigned i = 0; i < kMostOfOneName; ++i) REQUIRE(publish(stick, erased_certificate()).ok());

    CHECK(publish(stick, erased_certificate()).error().stop == Stop::RecordTaken);
  }

  TEST_CASE("it is signed with the time that it states, and no other") {
    MemoryStore stick;
    CHECK(!publish_certificate(stick, erased_certificate(), kCertified_s + 1, workshop().signer).ok());
    CHECK(stick.files.empty());
  }
}

}  // namespace
}  // namespace relance
