#include "imager/capture/accounts.h"

#include <algorithm>

#include "wiper/base/plain_text.h"

namespace relance {
namespace {

constexpr std::uint32_t kFirstPerson = 1000;
constexpr std::uint32_t kLastPerson = 59999;

std::string joined(const std::vector<std::string>& parts, char by) {
  std::string text;
  for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : std::string(1, by)) + parts[i];
  return text;
}

// A password that opens something: neither empty nor locked.
bool is_hash(const std::string& field) { return !field.empty() && field.front() != '*' && field.front() != '!'; }

bool goes(const std::string& name, std::span<const Account> gone) {
  return std::any_of(gone.begin(), gone.end(), [&](const Account& account) { return account.name == name; });
}

}  // namespace

std::vector<Account> accounts_that_go(std::string_view passwd, std::span<const std::string> kept) {
  std::vector<Account> gone;
  for (const std::string& line : split(passwd, '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() < 6) continue;
    const auto number = whole_number<std::uint32_t>(fields[2]).value_or(0);
    const bool is_person = number >= kFirstPerson && number <= kLastPerson;
    if (is_person && std::find(kept.begin(), kept.end(), fields[0]) == kept.end())
      gone.push_back({fields[0], number, fields[5]});
  }
  return gone;
}

std::string without_accounts(const AccountFile& file, std::string_view text, std::span<const Account> gone) {
  std::string result;
  std::vector<std::string> lines = split(text, '\n');
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<std::string> fields = split(lines[i], ':');
    if (goes(fields[0], gone)) continue;
    if (file.has_passwords && fields.size() > 1 && fields[0] == "root" && is_hash(fields[1])) fields[1] = "*";
    if (file.has_members && fields.size() == 4) {
      for (const std::size_t list : {std::size_t{2}, std::size_t{3}}) {  // gshadow's third is of administrators.
        std::vector<std::string> names = split(fields[list], ',');
        std::erase_if(names, [&](const std::string& name) { return goes(name, gone); });
        fields[list] = joined(names, ',');
      }
    }
    result += joined(fields, ':');
    if (i + 1 < lines.size()) result += '\n';
  }
  return result;
}

bool has_root_password(std::string_view shadow) {
  for (const std::string& line : split(shadow, '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() > 1 && fields[0] == "root" && is_hash(fields[1])) return true;
  }
  return false;
}

}  // namespace relance
