#include "wiper/crypto/cms.h"

#include <doctest/doctest.h>

#include "tests/support/corpus.h"
#include "tests/wiper/crypto/key_ring.h"

namespace relance {
namespace {

const Bytes kText = [] {
  const std::span<const std::byte> text =
      as_bytes("{\"number\": \"DEF-04217-8\", \"drive\": \"Société Générale\\r\\n\"}\r\n");
  return Bytes(text.begin(), text.end());
}();

Bytes sign(std::span<const std::byte> bytes, std::int64_t time_s = kNow) {
  return cms_sign(bytes, key_ring().stick, key_ring().stick_certificate, time_s).value();
}

Result<CmsSigner> verify(std::span<const std::byte> bytes, std::span<const std::byte> signature) {
  return cms_verify(bytes, signature, key_ring().root_certificate);
}

CmsSigner the_stick(std::int64_t time_s = kNow) {
  const KeyCertificate& certificate = key_ring().stick_certificate;
  return {certificate.common_name(), certificate.serial_hex(), certificate.fingerprint(), time_s,
          public_point(certificate)};
}

Bytes with_flipped_bit(Bytes bytes, std::size_t at, unsigned bit = 0) {
  bytes[at] ^= std::byte{1} << bit;
  return bytes;
}

TEST_SUITE("cms") {
  TEST_CASE("what a stick signed is verified and says who signed, and when by the stick's time") {
    const Bytes signature = sign(kText);

    const Result<CmsSigner> signer = verify(kText, signature);

    REQUIRE(signer.ok());
    CHECK(signer.value() == the_stick());
    CHECK(signature.size() < 1600);
  }

  TEST_CASE("nothing, and a megabyte of any bytes, can be signed") {
    Bytes megabyte(1 << 20);
    for (std::size_t i = 0; i < megabyte.size(); ++i) megabyte[i] = static_cast<std::byte>(i * 31 >> 3);

    CHECK(verify({}, sign({})).ok());
    CHECK(verify(megabyte, sign(megabyte)).ok());
    CHECK(verify(with_flipped_bit(megabyte, 777'777), sign(megabyte)).error().stop == Stop::SignatureWrong);
  }

  TEST_CASE("any flipped bit of what was signed is found, and a line ending too") {
    const Bytes signature = sign(kText);
    for (std::size_t at = 0; at < kText.size(); ++at) {
      CAPTURE(at);
      CHECK(verify(with_flipped_bit(kText, at), signature).error().stop == Stop::SignatureWrong);
    }
    Bytes unix_text = kText;
    unix_text.erase(unix_text.end() - 2);
    CHECK(verify(unix_text, signature).error().stop == Stop::SignatureWrong);
  }

  TEST_CASE("any flipped bit of the signature is refused: no byte of it is free") {
    const Bytes signature = sign(kText);
    for (std::size_t at = 0; at < signature.size(); ++at) {
      for (unsigned bit = 0; bit < 8; ++bit) {
        CAPTURE(at);
        CAPTURE(bit);
        const Result<CmsSigner> signer = verify(kText, with_flipped_bit(signature, at, bit));
        REQUIRE(!signer.ok());
        const Stop stop = signer.error().stop;
        CHECK((stop == Stop::SignatureWrong || stop == Stop::KeyStranger));
      }
    }
  }

  TEST_CASE("a signature that is cut, lengthened or no DER at all is refused") {
    const Bytes signature = sign(kText);
    for (std::size_t size = 0; size < signature.size(); size += 7) {
      CAPTURE(size);
      CHECK(verify(kText, std::span(signature).first(size)).error().stop == Stop::SignatureWrong);
    }
    Bytes longer = signature;
    longer.push_back(std::byte{0});
    CHECK(verify(kText, longer).error().code == Errc::Corrupt);
    CHECK(verify(kText, Bytes(1 << 20, std::byte{0x30})).error().code == Errc::Corrupt);
    CHECK(verify(kText, kText).error().code == Errc::Corrupt);
  }

  TEST_CASE("a stranger's root of the same name does not vouch, and the answer says stranger") {
    const PrivateKey other_key = PrivateKey::make();
    const KeyCertificate other_root = make_root_certificate(other_key, "Atelier Réemploi", kNow).value();

    CHECK(cms_verify(kText, sign(kText), other_root).error().stop == Stop::KeyStranger);
  }

  TEST_CASE("a stick cannot certify another stick") {
    const KeyRing& ring = key_ring();
    const PrivateKey child = PrivateKey::make();
    const KeyCertificate forged = certify_stick(ring.stick, ring.stick_certificate, child, "08", kNow).value();
    const Bytes signature = cms_sign(kText, child, forged, kNow).value();

    CHECK(verify(kText, signature).error().stop == Stop::KeyStranger);
    CHECK(cms_verify(kText, signature, ring.stick_certificate).error().stop == Stop::KeyStranger);
  }

  TEST_CASE("the root signs images itself, and the stick's certificate is no root") {
    const KeyRing& ring = key_ring();
    const Bytes by_root = cms_sign(kText, ring.root, ring.root_certificate, kNow).value();

    CHECK(verify(kText, by_root).value().common_name == "Atelier Réemploi");
    CHECK(cms_verify(kText, sign(kText), ring.stick_certificate).error().stop == Stop::KeyStranger);
  }

  TEST_CASE(
      "no clock is asked: certificates of 1985 and 2080 verify, and each signing time comes back as it was given") {
    const KeyRing& ring = key_ring();
    for (const std::int64_t now : {std::int64_t{473'385'600}, kNow, std::int64_t{3'471'292'800}}) {
      const PrivateKey stick = PrivateKey::make();
      const KeyCertificate root = make_root_certificate(ring.root, "Atelier", now).value();
      const KeyCertificate certificate = certify_stick(ring.root, root, stick, "07", now).value();
      for (const std::int64_t time :
           {std::int64_t{-631'152'000}, std::int64_t{0}, std::int64_t{951'782'400}, now, std::int64_t{2'524'607'999},
            std::int64_t{2'524'608'000}, std::int64_t{253'402'300'799}}) {
        CAPTURE(now);
        CAPTURE(time);
        const Bytes signature = cms_sign(kText, stick, certificate, time).value();
        CHECK(cms_verify(kText, signature, root).value().signing_time_s == time);
      }
    }
    CHECK(!cms_sign(kText, ring.stick, ring.stick_certificate, 253'402'300'800).ok());
  }

  TEST_CASE("a key does not sign under another key's certificate") {
    const KeyRing& ring = key_ring();
    CHECK(cms_sign(kText, ring.root, ring.stick_certificate, kNow).error().stop == Stop::KeyUnreadable);
  }
}

}  // namespace
}  // namespace relance
