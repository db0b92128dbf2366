#include "wiper/base/plain_text.h"

namespace relance {

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> pieces;
  for (;;) {
    const auto at = text.find(separator);
    pieces.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::string lower_case(std::string_view text) {
  std::string changed(text);
  for (char& letter : changed)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter + 32);
  return changed;
}

std::string upper_case(std::string_view text) {
  std::string changed(text);
  for (char& letter : changed)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 32);
  return changed;
}

}  // namespace relance
