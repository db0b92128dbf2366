#include "wiper/discover/proc_tables.h"

#include <algorithm>

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) break;
    line.remove_prefix(start);
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
  return words;
}

bool is_octal(std::string_view digits) {
  return std::all_of(digits.begin(), digits.end(), [](char digit) { return digit >= '0' && digit <= '7'; });
}

// proc(5): blank, tab, newline and backslash are written as \040 and so on.
std::string without_escapes(std::string_view word) {
  std::string plain;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool escaped = word[i] == '\\' && i + 3 < word.size() && is_octal(word.substr(i + 1, 3));
    if (!escaped) {
      plain += word[i];
      continue;
    }
    plain += static_cast<char>((word[i + 1] - '0') * 64 + (word[i + 2] - '0') * 8 + (word[i + 3] - '0'));
    i += 3;
  }
  return plain;
}

}  // namespace

std::optional<DeviceNumber> parse_device_number(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto major = whole_number<std::uint32_t>(text.substr(0, colon));
  const auto minor = whole_number<std::uint32_t>(text.substr(colon + 1));
  if (!major || !minor) return std::nullopt;
  return DeviceNumber{*major, *minor};
}

// proc(5): "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw": six fields, optional ones, a hyphen, three.
std::vector<Mount> parse_mountinfo(std::string_view text) {
  std::vector<Mount> mounts;
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() < 9) continue;
    const auto id = whole_number<std::uint64_t>(words[0]);
    const auto number = parse_device_number(words[2]);
    const auto hyphen = std::find(words.begin() + 6, words.end(), "-");
    if (!id || !number || words.end() - hyphen < 3) continue;
    mounts.push_back({*id, *number, without_escapes(words[4]), std::string(hyphen[1]), without_escapes(hyphen[2])});
  }
  return mounts;
}

// "Filename Type Size Used Priority", a heading and a line each. Blanks in the name are escaped as in mountinfo.
std::vector<SwapArea> parse_swaps(std::string_view text) {
  std::vector<SwapArea> areas;
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() < 5 || words[0].front() != '/') continue;
    areas.push_back({without_escapes(words[0]), words[1] == "file"});
  }
  return areas;
}

}  // namespace relance
