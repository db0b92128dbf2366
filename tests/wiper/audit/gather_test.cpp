#include "wiper/audit/gather.h"

#include <doctest/doctest.h>

#include "tests/support/shell.h"

namespace relance {
namespace {

// A stick's folder with one certificate, an image and odds and ends.
struct Folder {
  TemporaryFolder folder;
  std::string root = folder.path().string();

  Folder() {
    std::filesystem::create_directories(folder.path() / "CERTIFICATS/2026-11");
    std::filesystem::create_directories(folder.path() / "IMAGES/xubuntu");
    for (const std::string name :
         {"CERTIFICATS/2026-11/a.json", "CERTIFICATS/2026-11/a.json.p7s", "CERTIFICATS/2026-11/a.json.sig",
          "CERTIFICATS/2026-11/a.pdf", "CERTIFICATS/2026-11/a.txt", "IMAGES/xubuntu/manifest.json", "b.json"})
      folder.write(name, as_bytes(name));
  }
  std::vector<std::string> gathered(const std::string& below) const {
    std::vector<std::string> names;
    const std::vector<std::string> wanted{root + below};
    const std::vector<std::string> paths = gather(wanted).value();
    for (const std::string& path : paths) names.push_back(path.substr(root.size()));
    return names;
  }
};

TEST_SUITE("gather") {
  TEST_CASE("a stick's folder means its certificates, another folder all below it") {
    const Folder stick;
    const std::vector<std::string> all{"/CERTIFICATS/2026-11/a.json", "/CERTIFICATS/2026-11/a.json.p7s",
                                       "/CERTIFICATS/2026-11/a.json.sig", "/CERTIFICATS/2026-11/a.pdf"};

    CHECK(stick.gathered("") == all);
    CHECK(stick.gathered("/CERTIFICATS") == all);
    CHECK(stick.gathered("/IMAGES") == std::vector<std::string>{"/IMAGES/xubuntu/manifest.json"});
  }

  TEST_CASE("a certificate brings its signatures along, and the other way round") {
    const Folder stick;
    const std::vector<std::string> all{"/CERTIFICATS/2026-11/a.json", "/CERTIFICATS/2026-11/a.json.p7s",
                                       "/CERTIFICATS/2026-11/a.json.sig"};

    for (const std::string& one : all) CHECK(stick.gathered(one) == all);
    CHECK(stick.gathered("/CERTIFICATS/2026-11/a.pdf") == std::vector<std::string>{"/CERTIFICATS/2026-11/a.pdf"});
    CHECK(stick.gathered("/b.json") == std::vector<std::string>{"/b.json"});
  }

  TEST_CASE("what does not exist is said, links are not followed, too deep is refused") {
    const Folder stick;
    const std::vector<std::string> missing{stick.root + "/missing"};
    CHECK(gather(missing).error().stop == Stop::Usage);

    std::filesystem::create_directory_symlink(stick.root + "/IMAGES", stick.root + "/CERTIFICATS/link");
    std::filesystem::create_symlink(stick.root + "/b.json", stick.root + "/CERTIFICATS/link.json");
    CHECK(stick.gathered("").size() == 4);

    std::filesystem::create_directories(stick.root + "/CERTIFICATS/1/2/3/4/5/6/7/8/9/10/11");
    const std::vector<std::string> deep{stick.root};
    CHECK(gather(deep).error().code == Errc::Corrupt);
  }

  TEST_CASE("a file is read whole, and a missing or endless one is an error") {
    const Folder stick;
    CHECK(as_text(read_audited(stick.root + "/b.json").value()) == "b.json");
    CHECK(read_audited(stick.root + "/missing").error().code == Errc::Io);
    std::filesystem::resize_file(stick.root + "/b.json", kLongestAuditedFile + 1);
    CHECK(read_audited(stick.root + "/b.json").error().code == Errc::Corrupt);
  }
}

}  // namespace
}  // namespace relance
