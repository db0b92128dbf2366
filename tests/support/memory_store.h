#pragma once
// A stick of maps for unit tests, with refusals by switch. The behaving one (power cuts, torn appends) is wiper/sim.

#include <map>
#include <optional>
#include <set>

#include "wiper/stick/store.h"

namespace relance {

class MemoryStore : public Store {
 public:
  Result<void> append(const std::string& path, std::span<const std::byte> bytes) override {
    if (torn_bytes) {  // Lands in part, and fails.
      const auto part = bytes.first(std::min(*torn_bytes, bytes.size()));
      files[path].insert(files[path].end(), part.begin(), part.end());
      torn_bytes.reset();
      return Error{Errc::Io, Stop::StickGone, "torn"};
    }
    if (refusal) return *refusal;
    if (path == refused_path) return Error{Errc::Gone, Stop::StickGone, "pulled"};
    files[path].insert(files[path].end(), bytes.begin(), bytes.end());
    return {};
  }
  Result<void> publish(const std::string& path, std::span<const std::byte> bytes) override {
    if (refusal) return *refusal;
    if (files.contains(path)) return Error{Errc::Refused, Stop::RecordTaken, path};
    const bool fails = ++published == failing_publish;
    if (!fails || lands_anyway) files[path] = Bytes(bytes.begin(), bytes.end());
    if (fails) return Error{Errc::Io, Stop::StickGone, "the stick was pulled"};
    return {};
  }
  Result<Bytes> read(const std::string& path) override {
    const auto found = files.find(path);
    if (found == files.end()) return Error{Errc::Invalid, Stop::Unspecified, "no such file"};
    return found->second;
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    std::set<std::string> names;
    for (const auto& [path, bytes] : files)
      if (path.starts_with(folder + "/"))
        names.insert(path.substr(folder.size() + 1, path.find('/', folder.size() + 1) - folder.size() - 1));
    return std::vector<std::string>(names.begin(), names.end());
  }
  bool exists(const std::string& path) override { return files.contains(path); }
  Result<void> try_out() override { return refusal ? Result<void>(*refusal) : Result<void>(); }

  std::map<std::string, Bytes> files;
  std::optional<Error> refusal;
  std::optional<std::string> refused_path;  // Only for this one.
  std::optional<std::size_t> torn_bytes;
  unsigned published = 0;
  unsigned failing_publish = 0;  // 1: the first one fails; 0: none.
  bool lands_anyway = false;     // … after its file has landed: only the answer was lost.
};

}  // namespace relance
