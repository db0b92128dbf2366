#include "imager/deploy/system_files.h"

#include <doctest/doctest.h>

#include <algorithm>

namespace relance {
namespace {

Bytes bytes_of(std::string_view text) { return {as_bytes(text).begin(), as_bytes(text).end()}; }

const FileWish* find(const std::vector<FileWish>& files, const std::string& path) {
  const auto found = std::find_if(files.begin(), files.end(), [&](const FileWish& each) { return each.path == path; });
  return found == files.end() ? nullptr : &*found;
}

TEST_SUITE("system files") {
  TEST_CASE("a machine's number becomes a host name without its check digit") {
    CHECK(host_name("DEF-04217-8") == "def-04217");
    CHECK(host_name("") == "");
    CHECK(host_name("-8") == "");
    CHECK(host_name("É-8") == "");
    CHECK(host_name(std::string(80, 'A') + "-8") == std::string(63, 'a'));
  }

  TEST_CASE("the old name is replaced where it stands as a word, and nowhere else") {
    CHECK(renamed_hosts("127.0.1.1\tmaster\n127.0.1.2 master.lan my-master master\n", "master", "def-04217") ==
          "127.0.1.1\tdef-04217\n127.0.1.2 master.lan my-master def-04217\n");
    CHECK(renamed_hosts("127.0.0.1 localhost\n", "localhost", "def-04217") == "127.0.0.1 localhost\n");
    CHECK(renamed_hosts("127.0.0.1 localhost", "", "def-04217") == "127.0.0.1 localhost");
  }

  TEST_CASE("the system learns its name, loses its machine-id and keeps what was signed about the drive") {
    const SystemAsDeployed held{bytes_of("master\n"), bytes_of("127.0.1.1 master\n"), true};
    const SignedText statement{bytes_of("{}\n"), bytes_of("DER")};

    const std::vector<FileWish> files = system_files({.number = "DEF-04217-8", .statement = statement}, held);

    REQUIRE(files.size() == 6);
    CHECK(find(files, kHostnameFile)->content == bytes_of("def-04217\n"));
    CHECK(find(files, kHostsFile)->content == bytes_of("127.0.1.1 def-04217\n"));
    CHECK(find(files, kFirstBootFile)->content == bytes_of("DEF-04217-8\n"));
    CHECK(find(files, kMachineIdFile)->content.empty());
    CHECK(find(files, kMachineIdFile)->mode == 0444);
    CHECK(find(files, kStatementFile)->content == statement.text);
    CHECK(find(files, kStatementSignatureFile)->content == statement.signature);
  }

  TEST_CASE("without a key there is no signature, and what the master lacks is not made up") {
    const std::vector<FileWish> files = system_files({.statement = SignedText{bytes_of("{}\n"), {}}}, {});

    REQUIRE(files.size() == 1);
    CHECK(files[0].path == kStatementFile);
  }

  TEST_CASE("a system that is to be started once is marked, and the mark has a name of this deployment") {
    const std::vector<FileWish> files = system_files({.number = "DEF-04217-8", .trial_word = "0123456789abcdef"}, {});

    REQUIRE(find(files, kTrialFile) != nullptr);
    CHECK(find(files, kTrialFile)->content == bytes_of("DEF-04217-8\n0123456789abcdef\n"));
    CHECK(find(files, "var/lib/relance/trial-0123456789abcdef")->content.empty());
  }
}

}  // namespace
}  // namespace relance
