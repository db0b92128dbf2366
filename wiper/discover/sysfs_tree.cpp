#include "wiper/discover/sysfs_tree.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

namespace relance {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kLongestAttribute = 4096;  // A sysfs file is a page; PCI configuration space too.
constexpr std::size_t kLongestTable = 4u << 20;  // Thousands of mounts.
constexpr std::size_t kMostNames = 10'000;

}  // namespace

SysfsTree::SysfsTree(const std::string& root) {
  std::error_code trouble;
  const fs::path real =
      fs::canonical(root.empty() ? "/" : root, trouble);  // Else real_path() could not take it off again.
  root_ = trouble ? root : real.string();
  if (!root_.ends_with('/')) root_ += '/';
}

Bytes SysfsTree::bytes(const std::string& path) const {
  std::ifstream file(root_ + path, std::ios::binary);
  Bytes held(path.starts_with("proc/") ? kLongestTable : kLongestAttribute);
  file.read(reinterpret_cast<char*>(held.data()), static_cast<std::streamsize>(held.size()));
  held.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return held;
}

std::string SysfsTree::text(const std::string& path) const {
  const Bytes held = bytes(path);
  const std::string_view whole = as_text(held);
  const auto first = whole.find_first_not_of(" \t\n");
  if (first == std::string_view::npos) return "";
  return std::string(whole.substr(first, whole.find_last_not_of(" \t\n") + 1 - first));
}

std::vector<std::string> SysfsTree::names(const std::string& path) const {
  std::vector<std::string> names;
  std::error_code trouble;
  for (fs::directory_iterator each(root_ + path, trouble), end; !trouble && each != end && names.size() < kMostNames;
       each.increment(trouble))
    names.push_back(each->path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

std::string SysfsTree::real_path(const std::string& path) const {
  std::error_code trouble;
  const std::string real = fs::canonical(root_ + path, trouble).string();
  return trouble || !real.starts_with(root_) ? "" : real.substr(root_.size());
}

bool SysfsTree::exists(const std::string& path) const {
  std::error_code trouble;
  return fs::exists(root_ + path, trouble);
}

}  // namespace relance
