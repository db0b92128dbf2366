#include <doctest/doctest.h>

#include <algorithm>

#include "tests/support/corpus.h"
#include "tests/wiper/crypto/key_ring.h"
#include "wiper/crypto/key_certificate.h"

namespace relance {
namespace {

Error error_of_opening(std::span<const std::byte> pem, std::string_view passphrase) {
  Result<PrivateKey> opened = PrivateKey::open(pem, passphrase);
  REQUIRE(!opened.ok());
  return opened.error();
}

TEST_SUITE("key") {
  TEST_CASE("a key opens with its passphrase and signs for its certificate") {
    const KeyRing& ring = key_ring();

    const Result<PrivateKey> opened = PrivateKey::open(ring.stick_file, kPassphrase);

    REQUIRE(opened.ok());
    CHECK(check_pair(opened.value(), ring.stick_certificate).ok());
    CHECK(check_pair(opened.value(), ring.root_certificate).error().stop == Stop::KeyUnreadable);
  }

  TEST_CASE("a wrong passphrase is refused as that, an accent more or less too") {
    CHECK(error_of_opening(key_ring().stick_file, "un deux trois quatre cinq").stop == Stop::KeyPassphrase);
    CHECK(error_of_opening(key_ring().stick_file, "").stop == Stop::KeyPassphrase);
  }

  TEST_CASE("an empty passphrase is a passphrase") {
    const Bytes pem = PrivateKey::make().to_pem("");

    CHECK(PrivateKey::open(pem, "").ok());
    CHECK(error_of_opening(pem, "x").stop == Stop::KeyPassphrase);
  }

  TEST_CASE("a file that is no such key is unreadable, and says so before any work is spent on it") {
    const Bytes& pem = key_ring().stick_file;
    Bytes cut(pem.begin(), pem.begin() + static_cast<std::ptrdiff_t>(pem.size()) / 2);
    Bytes too_long = pem;
    too_long.resize(20'000, std::byte{'\n'});

    CHECK(error_of_opening({}, kPassphrase).stop == Stop::KeyUnreadable);
    CHECK(error_of_opening(as_bytes("hello"), kPassphrase).stop == Stop::KeyUnreadable);
    CHECK(error_of_opening(cut, kPassphrase).stop == Stop::KeyUnreadable);
    CHECK(error_of_opening(too_long, kPassphrase).stop == Stop::KeyUnreadable);
    CHECK(error_of_opening(key_ring().root_file, kPassphrase).stop ==
          Stop::KeyUnreadable);  // A certificate, not a key.
  }

  TEST_CASE(
      "a sealed key of another kind is unreadable: PBKDF2, a scrypt that would take minutes, P-384, a curve of its "
      "own") {
    for (const std::string name : {"pbkdf2", "costly_scrypt", "p384", "explicit_curve"}) {
      CAPTURE(name);
      CHECK(error_of_opening(corpus_file("key_file/" + name + ".pem"), "x").stop == Stop::KeyUnreadable);
    }
  }

  TEST_CASE("a key file with one flipped bit never opens as a key") {
    const Bytes& pem = key_ring().stick_file;
    // Every 40th byte: opening costs 0.3 s where the damage is in the encrypted part.
    for (std::size_t at = 0; at < pem.size(); at += 40) {
      CAPTURE(at);
      Bytes damaged = pem;
      damaged[at] ^= std::byte{1};
      CHECK(!PrivateKey::open(damaged, kPassphrase).ok());
    }
  }
}

TEST_SUITE("key certificate") {
  TEST_CASE("root and stick are named after the workshop, accents whole, and survive their file") {
    const KeyRing& ring = key_ring();
    CHECK(ring.root_certificate.common_name() == "Atelier Réemploi");
    CHECK(ring.stick_certificate.common_name() == "stick-07@Atelier-Réemploi");

    const KeyCertificate read = KeyCertificate::open(ring.stick_certificate.to_pem()).value();

    CHECK(read.fingerprint() == ring.stick_certificate.fingerprint());
    CHECK(read.serial_hex() == ring.stick_certificate.serial_hex());
    CHECK(read.serial_hex().size() == 32);
  }

  TEST_CASE("names that do not fit a certificate are refused") {
    const KeyRing& ring = key_ring();
    for (const std::string& name : {std::string(), std::string(41, 'x'), std::string("two\nlines")}) {
      CAPTURE(name);
      CHECK(make_root_certificate(ring.root, name, kNow).error().stop == Stop::Usage);
    }
    CHECK(make_root_certificate(ring.root, "\xff\xfe", kNow).error().code == Errc::Invalid);
    for (const std::string name : {"", "0 7", "07@elsewhere", "12345678901234567"}) {
      CAPTURE(name);
      CHECK(certify_stick(ring.root, ring.root_certificate, ring.stick, name, kNow).error().stop == Stop::Usage);
    }
  }

  TEST_CASE("the longest names fit together") {
    const KeyRing& ring = key_ring();
    const KeyCertificate root = make_root_certificate(ring.root, std::string(40, 'w'), kNow).value();

    CHECK(certify_stick(ring.root, root, ring.stick, std::string(16, 's'), kNow).value().common_name() ==
          "stick-" + std::string(16, 's') + "@" + std::string(40, 'w'));
  }

  TEST_CASE("a stick is not certified with a key that is not the root's") {
    const KeyRing& ring = key_ring();
    CHECK(!certify_stick(ring.stick, ring.root_certificate, ring.stick, "07", kNow).ok());
  }

  TEST_CASE("files that are no P-256 certificate are unreadable") {
    CHECK(KeyCertificate::open({}).error().stop == Stop::KeyUnreadable);
    CHECK(KeyCertificate::open(key_ring().stick_file).error().stop == Stop::KeyUnreadable);
    CHECK(KeyCertificate::open(Bytes(100'000)).error().stop == Stop::KeyUnreadable);
    for (const std::string name : {"rsa", "p384", "explicit_curve"}) {
      CAPTURE(name);
      CHECK(KeyCertificate::open(corpus_file("key_certificate/" + name + ".pem")).error().stop == Stop::KeyUnreadable);
    }
  }
}

}  // namespace
}  // namespace relance
