#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/support/sample_certificate.h"

namespace relance {
namespace {

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

std::string file_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Certificates as earlier programs wrote them, by the name of their edition.
std::vector<std::string> texts_of(const std::string& edition) {
  std::vector<std::string> texts;
  for (const auto& each : std::filesystem::directory_iterator("tests/golden/certificate/" + edition))
    texts.push_back(file_text(each.path()));
  REQUIRE(!texts.empty());
  return texts;
}

void check_refused(const std::string& text) {
  CAPTURE(text);
  const Result<Certificate> parsed = parse_certificate(text);
  REQUIRE(!parsed.ok());
  CHECK(parsed.error().stop == Stop::CertificateWrong);
}

TEST_SUITE("certificate text of earlier editions") {
  TEST_CASE("it is read as it lies, and its silence is filled in") {
    for (const std::string& text : texts_of("first_edition")) {
      const Certificate certificate = parse_certificate(text).value();
      CHECK(certificate_text(certificate) == text);
      CHECK(certificate.rank == 1);
      CHECK(!certificate.knows_trial_starts());
    }
    for (const std::string& text : texts_of("third_edition")) {
      const Certificate certificate = parse_certificate(text).value();
      CHECK(certificate_text(certificate) == text);
      CHECK(!certificate.ledger);
    }
    for (const std::string& text : texts_of("fourth_edition")) {
      const Certificate certificate = parse_certificate(text).value();
      CHECK(certificate_text(certificate) == text);
      CHECK(certificate.ledger);
      CHECK(!certificate.erase.by_drive);
    }
    for (const std::string& text : texts_of("second_edition")) {
      const Certificate certificate = parse_certificate(text).value();
      CHECK(certificate_text(certificate) == text);
      CHECK(certificate.parties == CertifiedParties{});
      CHECK(certificate.knows_trial_starts());
    }
  }

  TEST_CASE("nothing may be left out of an edition that knew it, or put into one that did not") {
    const std::string first = file_text("tests/golden/certificate/first_edition/erased.json");
    CHECK(parse_certificate(first).value().trial->state == TrialState::Awaited);
    check_refused(replaced(first, "  \"trial_awaited\": true,\n", ""));
    check_refused(replaced(first, "\"trial_awaited\": true", "\"trial_awaited\": null"));
    check_refused(replaced(first, "  \"trial_awaited\"", "  \"trial\": null,\n  \"trial_awaited\""));
    check_refused(replaced(first, "  \"trial_awaited\"", "  \"rank\": 1,\n  \"trial_awaited\""));
    check_refused(replaced(first, "  \"machine\"", "  \"replaces\": null,\n  \"machine\""));
    check_refused(replaced(first, "\"version\": 1", "\"version\": 3"));

    const std::string second = file_text("tests/golden/certificate/second_edition/erased.json");
    check_refused(replaced(second, "  \"rank\": 1,\n", ""));
    check_refused(replaced(second, "  \"replaces\": null,\n", ""));
    check_refused(replaced(second, "  \"replaces\"", "  \"trial_awaited\": false,\n  \"replaces\""));
    check_refused(replaced(second, "\"version\": 1", "\"version\": 2"));
    check_refused(replaced(second, "\"version\": 1", "\"version\": 3"));

    const std::string todays = certificate_text(erased_certificate());
    check_refused(replaced(todays, "  \"trial\": null,\n", ""));
    check_refused(replaced(todays, "  \"rank\": 1,\n", ""));
    check_refused(replaced(todays, "  \"replaces\": null,\n", ""));
    check_refused(replaced(todays, "    \"lot\": \"2026-11\"\n", ""));
    check_refused(replaced(todays, "\"version\": 5", "\"version\": 1"));
    check_refused(replaced(todays, ",\n    \"by_drive\": null", ""));

    const std::string fourth = file_text("tests/golden/certificate/fourth_edition/erased.json");
    check_refused(replaced(fourth, "    \"read_back\"", "    \"by_drive\": null,\n    \"read_back\""));
    check_refused(replaced(fourth, "\"version\": 4", "\"version\": 5"));
  }
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
          replaced(text, "relance-certificate", "relance-manifest"), replaced(text, "\"version\": 5", "\"version\": 6"),
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
