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

  TEST_CASE("the system learns its name, loses its machine-id and says what was done to the drive") {
    const SystemAsDeployed held{bytes_of("master\n"), bytes_of("127.0.1.1 master\n"), true};

    const std::vector<FileWish> files =
        system_files({.erased = true, .number = "DEF-04217-8"}, held, {"xubuntu", "ab12"}, Language::French);

    REQUIRE(files.size() == 4);
    CHECK(find(files, kHostnameFile)->content == bytes_of("def-04217\n"));
    CHECK(find(files, kHostsFile)->content == bytes_of("127.0.1.1 def-04217\n"));
    CHECK(find(files, kMachineIdFile)->content.empty());
    CHECK(find(files, kMachineIdFile)->mode == 0444);
    const std::string statement(as_text(find(files, kStatementFile)->content));
    CHECK(statement.find("\"erased\": true") != std::string::npos);
    CHECK(statement.find("DEF-04217-8") != std::string::npos);
    CHECK(statement.find("\"image_sha256\": \"ab12\"") != std::string::npos);
  }

  TEST_CASE("a drive that was not erased is not said to be, and what the master lacks is not made up") {
    const std::vector<FileWish> files = system_files({.erased = false}, {}, {"xubuntu", "ab12"}, Language::French);

    REQUIRE(files.size() == 1);
    const std::string statement(as_text(find(files, kStatementFile)->content));
    CHECK(statement.find("\"erased\": false") != std::string::npos);
    CHECK(statement.find("NON effacé") != std::string::npos);
  }
}

}  // namespace
}  // namespace relance
