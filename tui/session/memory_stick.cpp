#include "tui/session/memory_stick.h"

namespace relance {

Result<void> MemoryStick::append(const std::string& path, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  Bytes& file = files_[path];
  file.insert(file.end(), bytes.begin(), bytes.end());
  return {};
}

Result<void> MemoryStick::publish(const std::string& path, std::span<const std::byte> bytes) {
  const std::lock_guard lock(mutex_);
  const bool is_new = files_.try_emplace(path, bytes.begin(), bytes.end()).second;
  if (!is_new) return Error{Errc::Refused, Stop::RecordTaken, path + " exists"};
  return {};
}

Result<Bytes> MemoryStick::read(const std::string& path) {
  const std::lock_guard lock(mutex_);
  const auto found = files_.find(path);
  if (found == files_.end()) return Error{Errc::Invalid, Stop::Unspecified, "no file " + path};
  return found->second;
}

Result<std::vector<std::string>> MemoryStick::list(const std::string& folder) {
  const std::lock_guard lock(mutex_);
  const std::string start = folder + "/";
  std::vector<std::string> names;
  for (const auto& [path, bytes] : files_) {
    if (!path.starts_with(start)) continue;
    const std::string name = path.substr(start.size(), path.find('/', start.size()) - start.size());
    if (names.empty() || names.back() != name) names.push_back(name);
  }
  return names;
}

bool MemoryStick::exists(const std::string& path) {
  const std::lock_guard lock(mutex_);
  return files_.contains(path);
}

}  // namespace relance
