#include <doctest/doctest.h>

#include "tests/support/sample_certificate.h"

namespace relance {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

TEST_SUITE("certificate text") {
  TEST_CASE("a certificate survives its text, names and accents whole") {
    for (const Certificate& certificate :
         {erased_certificate(), failed_certificate(), sampled_certificate(), trial_certificate()}) {
      const std::string text = certificate_text(certificate);

      CHECK(parse_certificate(text).value() == certificate);
      CHECK(text.find("Société Générale") != std::string::npos);
      CHECK(text.ends_with("}\n"));
    }
  }

  TEST_CASE("scripts find number, verdict, drive, bad ranges and interruptions by their names") {
    const Value tree = parse_json(certificate_text(failed_certificate())).value();

    CHECK(tree.text_at("number").value() == "DEF-04217-8");
    CHECK(tree.text_at("verdict").value() == "ECHEC");
    CHECK(tree.member("drive")->text_at("serial").value() == "S20BJ9 0Z/41");
    CHECK(to_json(*tree.member("bad_ranges")) == R"([{"first":417,"count":2,"during":"read"}])");
    CHECK(to_json(*tree.member("interruptions")) == "[]");
    const Value erased = parse_json(certificate_text(erased_certificate())).value();
    CHECK(to_json(*erased.member("bad_ranges")) == "[]");
  }

  TEST_CASE("text that says more, less or spells it otherwise is refused") {
    const std::string text = certificate_text(erased_certificate());
    const std::string more = replaced(text, "  \"title\"", "  \"note\": \"x\",\n  \"title\"");
    const std::string less = replaced(text, "  \"software\": \"v1\",\n", "");
    for (const std::string& other :
         {std::string(), std::string("[]"), std::string("{}"), text + " ", text.substr(0, text.size() - 1), more, less,
          replaced(text, "relance-certificate", "relance-manifest"), replaced(text, "\"version\": 1", "\"version\": 2"),
          replaced(text, "\"EFFACE\"", "\"PARFAIT\""), replaced(text, "é", "\\u00e9"),
          replaced(text, ": 1000", ": 1e3"), std::string(5'000'000, '[')}) {
      CAPTURE(other.substr(0, 200));
      const Result<Certificate> parsed = parse_certificate(other);
      REQUIRE(!parsed.ok());
      CHECK(parsed.error().stop == Stop::CertificateWrong);
    }
  }
}

}  // namespace
}  // namespace relance
