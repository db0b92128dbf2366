#pragma once
// A stick's files for tests of whole stays.

#include <map>

#include "tests/support/inline_executor.h"
#include "tests/support/shell.h"
#include "tui/session/bench.h"
#include "tui/session/stick_key.h"

namespace relance {

inline constexpr const char* kPassphrase = "cinq mots pour ce test";

// The files of a stick as `relance key` makes it; made once, for a passphrase is slow on purpose.
inline const std::map<std::string, Bytes>& stick_files() {
  static const std::map<std::string, Bytes> files = [] {
    const TemporaryFolder folder;
    const std::string workshop = (folder.path() / "workshop").string();
    const std::string stick = (folder.path() / "stick").string();
    require(make_workshop(workshop, "Atelier", kPassphrase, 1'800'000'000).ok(), "the test's workshop");
    InlineExecutor executor;
    require(make_stick({.folder = stick, .workshop_folder = workshop, .name = "07"}, kPassphrase, kPassphrase, executor)
                .ok(),
            "the test's stick");
    std::map<std::string, Bytes> read;
    for (const char* path : {kRootFile, kStickKeyFile, kStickCertificateFile, kProfileFile})
      read[path] = read_file(stick + "/" + path).value();
    return read;
  }();
  return files;
}

}  // namespace relance
