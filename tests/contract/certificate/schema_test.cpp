// python3-jsonschema(Debian) validates certificates against the schema that a stick carries, and refuses what they never say.

#include "wiper/certificate/schema.h"

#include <doctest/doctest.h>

#include "tests/contract/certificate/published.h"

namespace relance {
namespace {

// Debian's own Python: another one before it in PATH knows nothing of Debian's modules.
const std::string kPython = "/usr/bin/python3";
const std::string kValidate =
    kPython +
    " -c '\n"
    "import json, jsonschema\n"
    "schema = json.load(open(\"schema.json\"))\n"
    "jsonschema.Draft202012Validator.check_schema(schema)\n"
    "jsonschema.validate(json.load(open(\"c.json\")), schema, cls=jsonschema.Draft202012Validator)'";

bool has_validator() { return run_shell(kPython + " -c 'import jsonschema' 2>/dev/null") == 0; }

Certificate with_everything() {
  Certificate certificate = failed_certificate();
  certificate.image = CertifiedImage{.name = "xubuntu", .manifest_sha256 = std::string(64, 'a'), .finished = true};
  certificate.trial = CertifiedTrial{TrialState::Done, {{"sound", TrialOutcome::Fail, "no driver"}}};
  certificate.rank = 2;
  certificate.replaces = CertifiedEarlier{"CERTIFICATS/2026-11/x.json", std::string(64, 'b')};
  certificate.interruptions = {{"2026-11-18T11:06:40Z", 1, "zero"}};
  return certificate;
}

TEST_SUITE("contract: JSON schema") {
  TEST_CASE("every kind of certificate is valid") {
    if (!has_validator()) return skip("python3-jsonschema is not installed");
    for (const Certificate& certificate :
         {erased_certificate(), failed_certificate(), sampled_certificate(), trial_certificate(), with_everything()}) {
      const TemporaryFolder folder;
      folder.write("schema.json", as_bytes(certificate_schema()));
      folder.write("c.json", as_bytes(certificate_text(certificate)));
      const auto validated = folder.run(kValidate);
      CHECK_MESSAGE(validated.exit_code == 0, validated.output);
    }
  }

  TEST_CASE("a member less, a member more, another verdict, a negative count, a short hash are not") {
    if (!has_validator()) return skip("python3-jsonschema is not installed");
    const TemporaryFolder folder;
    folder.write("schema.json", as_bytes(certificate_schema()));
    const auto exit_code_after = [&](const std::string& what, const std::string& by) {
      std::string text = certificate_text(with_everything());
      const auto at = text.find(what);
      REQUIRE_MESSAGE(at != std::string::npos, what);
      folder.write("c.json", as_bytes(text.replace(at, what.size(), by)));
      return folder.run(kValidate).exit_code;
    };
    REQUIRE(exit_code_after("\"rank\": 2", "\"rank\": 2") == 0);

    CHECK(exit_code_after("  \"rank\": 2,\n", "") != 0);
    CHECK(exit_code_after("  \"rank\": 2,\n", "  \"rank\": 2,\n  \"note\": 1,\n") != 0);
    CHECK(exit_code_after("\"ECHEC\"", "\"PARFAIT\"") != 0);
    CHECK(exit_code_after("\"rank\": 2", "\"rank\": -2") != 0);
    CHECK(exit_code_after("\"version\": 5", "\"version\": 2") != 0);
    CHECK(exit_code_after("\"alea\": \"00", "\"alea\": \"") != 0);
  }
}

}  // namespace
}  // namespace relance
