#include "wiper/stick/paths.h"

namespace relance {
namespace {

constexpr std::size_t kLongestPart = 64;

bool is_plain(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9') ||
         letter == '-';
}

}  // namespace

std::string file_name_part(std::string_view text) {
  std::string name;
  for (const char letter : text.substr(0, kLongestPart)) name += is_plain(letter) ? letter : '-';
  return name.find_first_not_of('-') == std::string::npos ? "INCONNU" : name;
}

std::string_view last_part(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.front() == '/') return false;
  while (!path.empty()) {
    const auto slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    for (const char letter : part)
      if (static_cast<unsigned char>(letter) < 0x20 || letter == '\\') return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
  return false;
}

}  // namespace relance
