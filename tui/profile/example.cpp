#include "tui/profile/profile.h"
#include "tui/profile/reserves.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

std::string quoted_toml(std::string_view text) {
  std::string quoted = "\"";
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') quoted += '\\';
    quoted += letter;
  }
  return quoted + "\"";
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

std::string method_names() {
  std::vector<std::string_view> names;
  for (const Method& method : methods()) names.push_back(method.name);
  return joined(names);
}

std::string drive_erase_names() {
  const auto& all = EnumNames<EraseCommand>::names;
  return joined({all.begin() + 1, all.end()});  // Without our own writing.
}

std::string reserve_names() {
  std::vector<std::string_view> names;
  for (const ReserveRow& row : kReserves) names.push_back(row.name);
  return joined(names);
}

}  // namespace

std::string example_profile(const Profile& profile) {
  const Policy& policy = profile.policy;
  const Language language = policy.language;
  std::string text = "# " + say(language, Word::ProfileIntro) + "\n";
  const auto add = [&](Word why, std::string_view key, const std::string& value, const std::string& argument = "") {
    text += "\n# " + say(language, why, {argument}) + "\n" + std::string(key) + " = " + value + "\n";
  };
  add(Word::ProfileWorkshop, "workshop", quoted_toml(profile.workshop));
  add(Word::ProfileOperator, "operator", quoted_toml(profile.operator_name));
  add(Word::ProfileDonor, "donor", quoted_toml(profile.donor));
  add(Word::ProfileLot, "lot", quoted_toml(profile.lot));
  add(Word::ProfileVerifyUrl, "verify_url", quoted_toml(profile.verify_url));
  add(Word::ProfilePrefix, "number_prefix", quoted_toml(profile.number_prefix));
  add(Word::ProfileLanguage, "language", quoted_toml(name_of(language)));
  add(Word::ProfileImage, "image", quoted_toml(policy.image));
  add(Word::ProfileTrial, "trial", policy.trial ? "true" : "false");
  add(Word::ProfileMethod, "method", quoted_toml(policy.method), method_names());
  add(Word::ProfileVerify, "verify", quoted_toml(name_of(policy.verify)));
  add(Word::ProfileSample, "sample_percent", std::to_string(policy.sample_percent));
  add(Word::ProfileUncover, "uncover", policy.uncovers ? "true" : "false");
  add(Word::ProfileEraseByDrive, "drive_erase", "[]", drive_erase_names());
  add(Word::ProfileRotating, "rotating_methods", "[]");
  add(Word::ProfileFlash, "flash_methods", "[]");
  add(Word::ProfileVerifyAllowed, "verify_allowed", "[]");
  add(Word::ProfileBudget, "budget_minutes", std::to_string(policy.budget_minutes));
  add(Word::ProfileExternal, "external", "[]");
  add(Word::ProfileReserves, "reserves", "[]", reserve_names());
  add(Word::ProfileAtEnd, "at_end", quoted_toml(name_of(profile.at_end)));
  add(Word::ProfileAutopilot, "autopilot", profile.autopilot ? "true" : "false");
  add(Word::ProfileNumbers, "numbers", "[]");
  add(Word::ProfilePassphrase, "passphrase", quoted_toml(profile.passphrase));
  return text;
}

}  // namespace relance
