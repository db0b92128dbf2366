// ssh-keygen(1), which Windows, macOS and Linux have, agrees with our .json.sig; each agreement has its twin that it refuses.

#include <doctest/doctest.h>

#include "tests/contract/certificate/published.h"

namespace relance {
namespace {

const std::string kVerify =
    "ssh-keygen -Y verify -f allowed_signers -I 'stick-07@Atelier-d’Évry' -n certificat-effacement -s c.json.sig < "
    "c.json";

TEST_SUITE("contract: ssh-keygen") {
  TEST_CASE("it verifies a certificate's signature with allowed_signers as the stick has them") {
    if (!has_program("ssh-keygen")) return skip("the program ssh-keygen is not installed");
    const Published published(erased_certificate());

    const auto verified = published.folder.run(kVerify);

    CHECK_MESSAGE(verified.exit_code == 0, verified.output);
    CHECK(says(verified.output, "Good \"certificat-effacement\" signature for stick-07@Atelier-d’Évry"));
  }

  TEST_CASE("it refuses one changed byte, another purpose, another person, another stick's key") {
    if (!has_program("ssh-keygen")) return skip("the program ssh-keygen is not installed");
    const Published published(erased_certificate());
    const auto refuses = [&](const std::string& command) { return published.folder.run(command).exit_code != 0; };
    REQUIRE(!refuses(kVerify));

    CHECK(refuses("cp c.json good && sed -i s/EFFACE/efface/ c.json && " + kVerify));
    CHECK(!refuses("mv good c.json && " + kVerify));
    CHECK(
        refuses("ssh-keygen -Y verify -f allowed_signers -I 'stick-07@Atelier-d’Évry' -n git -s c.json.sig < c.json"));
    CHECK(refuses(
        "ssh-keygen -Y verify -f allowed_signers -I stick-08@Atelier -n certificat-effacement -s c.json.sig < c.json"));
    published.folder.write("allowed_signers", as_bytes(allowed_signer(published.keys().root, kSshNamespace)));
    CHECK(refuses(kVerify));
  }

  TEST_CASE("what it signs with another hash is not our spelling, and is refused") {
    if (!has_program("ssh-keygen")) return skip("the program ssh-keygen is not installed");
    const Published published(erased_certificate());
    const auto signing = published.folder.run(
        "rm c.json.sig && ssh-keygen -q -t ecdsa -N '' -f theirs && ssh-keygen -Y sign -f theirs -n "
        "certificat-effacement c.json");
    REQUIRE_MESSAGE(signing.exit_code == 0, signing.output);

    const Result<void> checked =
        sshsig_verify(published.folder.read("c.json"), as_text(published.folder.read("c.json.sig")), kSshNamespace,
                      public_point(published.keys().stick));

    CHECK(checked.error().stop == Stop::SignatureWrong);
  }
}

}  // namespace
}  // namespace relance
