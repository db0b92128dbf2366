#include "wiper/crypto/sshsig.h"

#include <doctest/doctest.h>

#include "tests/wiper/crypto/key_ring.h"
#include "wiper/crypto/cose.h"

namespace relance {
namespace {

constexpr std::string_view kSpace = "certificat-effacement";
constexpr std::string_view kText = "{\"number\": \"DEF-04217-8\"}\n";

std::string sign(std::string_view text) {
  return sshsig_sign(as_bytes(text), kSpace, key_ring().stick, key_ring().stick_certificate);
}
bool holds(std::string_view text, std::string_view signature, std::string_view name_space = kSpace) {
  return sshsig_verify(as_bytes(text), signature, name_space, public_point(key_ring().stick_certificate)).ok();
}

TEST_SUITE("sshsig") {
  TEST_CASE("what was signed is verified; other bytes, another purpose and another key are not") {
    const std::string signature = sign(kText);

    CHECK(holds(kText, signature));
    CHECK(!holds("{\"number\": \"DEF-04217-9\"}\n", signature));
    CHECK(!holds(kText, signature, "git"));
    const Result<void> by_root =
        sshsig_verify(as_bytes(kText), signature, kSpace, public_point(key_ring().root_certificate));
    CHECK(by_root.error().stop == Stop::SignatureWrong);
  }

  TEST_CASE("numbers of every length are spelled once: many signatures, each verified") {
    for (int i = 0; i < 300; ++i) {
      const std::string text = std::to_string(i);
      const std::string signature = sign(text);
      CAPTURE(signature);
      REQUIRE(holds(text, signature));
    }
  }

  TEST_CASE("any flipped bit of the file is refused, and anything more or less") {
    const std::string signature = sign(kText);
    for (std::size_t at = 0; at < signature.size(); ++at)
      for (unsigned bit = 0; bit < 8; ++bit) {
        std::string changed = signature;
        changed[at] = static_cast<char>(changed[at] ^ (1 << bit));
        CAPTURE(at);
        REQUIRE(!holds(kText, changed));
      }
    for (std::size_t size = 0; size < signature.size(); ++size) REQUIRE(!holds(kText, signature.substr(0, size)));
    CHECK(!holds(kText, signature + "\n"));
    CHECK(!holds(kText, "\n" + signature));
    std::string joined = signature;
    joined.erase(joined.find('\n', 40), 1);
    CHECK(!holds(kText, joined));
  }

  TEST_CASE("a principal is no pattern, and accents stay") {
    const PrivateKey key = PrivateKey::make();
    const KeyCertificate odd = make_root_certificate(key, "Atelier d’Évry, *?!", kNow).value();
    CHECK(ssh_principal(odd) == "Atelier-d’Évry-----");
    CHECK(allowed_signer(odd, kSpace)
              .starts_with("Atelier-d’Évry----- namespaces=\"certificat-effacement\" ecdsa-sha2-nistp256 AAAA"));
  }
}

TEST_SUITE("base64") {
  TEST_CASE("each bytes have one spelling") {
    CHECK(to_base64({}) == "");
    CHECK(to_base64(as_bytes("a")) == "YQ==");
    CHECK(to_base64(as_bytes("abcd")) == "YWJjZA==");
    CHECK(as_text(from_base64("YWJj").value()) == "abc");
    for (const char* other : {"YR==", "YQ=", "YQ", "YWJj\n", " YWJj", "YWJj    ", "====", "Y===", "YQ==YQ=="})
      CHECK_MESSAGE(!from_base64(other), other);
  }
}

TEST_SUITE("cose") {
  TEST_CASE("numbers, texts and bytes in the shortest CBOR") {
    const std::array claims = {CborClaim{1, std::string("é")}, CborClaim{2, std::uint64_t{23}},
                               CborClaim{3, std::uint64_t{24}}, CborClaim{24, Bytes{std::byte{0xAB}}},
                               CborClaim{500, std::uint64_t{0x1'0000'0000}}};
    CHECK(to_hex(cbor_map(claims)) ==
          "a5"
          "0162c3a9"
          "0217"
          "031818"
          "181841ab"
          "1901f41b0000000100000000");
  }

  TEST_CASE("a statement is a tagged COSE_Sign1 whose signature holds over its Sig_structure") {
    const Bytes payload = cbor_map(std::array{CborClaim{1, std::string("DEF-04217-8")}});
    const Bytes cose = cose_sign1(payload, key_ring().stick, key_ring().stick_certificate);

    const std::string kid = to_hex(key_ring().stick_certificate.fingerprint()).substr(0, 16);
    const std::string start = "d28443a10126a10448" + kid + "4e" + to_hex(payload) + "5840";
    REQUIRE(to_hex(cose).starts_with(start));
    REQUIRE(cose.size() == start.size() / 2 + 64);
    RawSignature signature{};
    std::copy(cose.end() - 64, cose.end(), signature.begin());
    const Bytes to_sign = from_hex("846a5369676e61747572653143a10126404e" + to_hex(payload)).value();
    CHECK(holds_raw(to_sign, signature, public_point(key_ring().stick_certificate)));
    CHECK(!holds_raw(payload, signature, public_point(key_ring().stick_certificate)));
    CHECK(!holds_raw(to_sign, signature, public_point(key_ring().root_certificate)));
  }

  TEST_CASE("bytes as one big decimal number") {
    CHECK(to_decimal(from_hex("d2").value()) == "210");
    CHECK(to_decimal(from_hex("0100000000000000000000").value()) == "1208925819614629174706176");
  }
}

}  // namespace
}  // namespace relance
