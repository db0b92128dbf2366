#include "wiper/linux/file_uses.h"

#include <sys/stat.h>

namespace relance {

std::vector<Use> uses_of_file(const std::string& path) {
  struct stat file{};
  if (::stat(path.c_str(), &file) != 0) return {};
  const auto is_it = [&](const std::string& other) {
    struct stat facts{};
    return ::stat(other.c_str(), &facts) == 0 && facts.st_dev == file.st_dev && facts.st_ino == file.st_ino;
  };
  const SysfsTree tree;
  return UseTables(tree, std::nullopt).uses_of_file(is_it);
}

}  // namespace relance
