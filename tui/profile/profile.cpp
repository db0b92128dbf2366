// The only file that includes toml++.

#include "tui/profile/profile.h"

#include <algorithm>

#include "tui/profile/reserves.h"

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ASSERT(x) static_cast<void>(0)  // 3.3.0 asserts on "[\n"; its parser refuses that text by itself.
#include <toml++/toml.h>

namespace relance {
namespace {

constexpr std::size_t kLargestFile = 64 * 1024;
constexpr std::size_t kLongestText = 120;  // Names are printed on one line of a certificate.

Error wrong(const toml::source_position& where, const std::string& what) {
  return {Errc::Invalid, Stop::ProfileWrong,
          "relance.toml:" + std::to_string(where.line) + ":" + std::to_string(where.column) + ": " + what};
}

// What a hostile file put between the quotes must not reach a terminal as it is.
std::string quoted(std::string_view text) {
  std::string shown = "\"";
  for (const char letter : text.substr(0, 40))
    shown += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f ? '?' : letter;
  return shown + "\"";
}

template <class Names>
std::string listed(const Names& names) {
  std::string list;
  for (const std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

// One value at a time; the first error stays, later calls do nothing.
class Reader {
 public:
  explicit Reader(const toml::table& table) : table_(table) {}

  void text(std::string_view key, std::string& into) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* held = node->as_string();
    if (held == nullptr) return refuse(*node, key, "wants text in quotes");
    if (held->get().size() > kLongestText) return refuse(*node, key, "is longer than 120 bytes");
    const auto is_control = [](char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7f; };
    if (std::any_of(held->get().begin(), held->get().end(), is_control))
      return refuse(*node, key, "holds a control character");
    into = held->get();
  }

  void flag(std::string_view key, bool& into) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* held = node->as_boolean();
    if (held == nullptr) return refuse(*node, key, "wants true or false");
    into = held->get();
  }

  void percent(std::string_view key, unsigned& into) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* held = node->as_integer();
    if (held == nullptr || held->get() < 10 || held->get() > 100)
      return refuse(*node, key, "wants a number from 10 to 100");
    into = static_cast<unsigned>(held->get());
  }

  template <NamedEnum T>
  void choice(std::string_view key, T& into) {
    std::string name;
    const toml::node* node = table_.get(key);
    text(key, name);
    if (node == nullptr || trouble_) return;
    const std::optional<T> value = enum_named<T>(name);
    if (!value) return refuse(*node, key, "is " + quoted(name) + "; known: " + listed(EnumNames<T>::names));
    into = *value;
  }

  // Each text of a list, with its node to complain about.
  template <class Accept>
  void texts(std::string_view key, Accept accept) {
    const toml::node* node = take(key);
    if (node == nullptr) return;
    const auto* list = node->as_array();
    if (list == nullptr) return refuse(*node, key, "wants a list: [\"…\", \"…\"]");
    for (const toml::node& item : *list) {
      const auto* held = item.as_string();
      if (held == nullptr) return refuse(item, key, "wants text in quotes");
      if (const std::string complaint = accept(held->get()); !complaint.empty()) return refuse(item, key, complaint);
    }
  }

  // A rule that spans keys or knows more than a type.
  void check(std::string_view key, bool claim, const std::string& complaint) {
    if (const toml::node* node = table_.get(key); node != nullptr && !claim) refuse(*node, key, complaint);
  }

  std::optional<Error> finish() {
    for (const auto& [key, node] : table_) {
      if (trouble_) break;
      if (std::find(taken_.begin(), taken_.end(), key.str()) == taken_.end())
        trouble_ = wrong(key.source().begin, "unknown key " + quoted(key.str()) + "; known: " + listed(taken_));
    }
    return trouble_;
  }

 private:
  const toml::node* take(std::string_view key) {
    taken_.push_back(key);
    return trouble_ ? nullptr : table_.get(key);
  }
  void refuse(const toml::node& node, std::string_view key, const std::string& complaint) {
    if (!trouble_) trouble_ = wrong(node.source().begin, std::string(key) + " " + complaint);
  }

  const toml::table& table_;
  std::vector<std::string_view> taken_;
  std::optional<Error> trouble_;
};

std::string accept_external(Profile& profile, std::string_view name) {
  static constexpr Bus kExternal[] = {Bus::Usb, Bus::Firewire, Bus::Thunderbolt, Bus::SdCard};
  for (const Bus bus : kExternal) {
    if (name_of(bus) != name) continue;
    profile.policy.external_allowed.push_back(bus);
    return "";
  }
  return "names " + quoted(name) + "; known: usb, firewire, thunderbolt, sdcard";
}

std::string accept_reserve(Profile& profile, std::string_view name) {
  std::vector<std::string_view> names;
  for (const ReserveRow& row : kReserves) {
    names.push_back(row.name);
    if (row.name != name) continue;
    profile.policy.reserves_allowed.push_back(row.reason);
    return "";
  }
  return "names " + quoted(name) + "; known: " + listed(names);
}

bool is_prefix(std::string_view text) {
  const auto is_letter = [](char letter) {
    return (letter >= 'A' && letter <= 'Z') || (letter >= '0' && letter <= '9');
  };
  return !text.empty() && text.size() <= 12 && std::all_of(text.begin(), text.end(), is_letter);
}

bool is_folder_name(std::string_view name) {
  return name != "." && name != ".." && name.find_first_of("/\\") == std::string_view::npos;
}

}  // namespace

Result<Profile> parse_profile(std::string_view text) {
  if (text.size() > kLargestFile) return wrong({1, 1}, "larger than 64 KiB");
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) return wrong(parsed.error().source().begin, std::string(parsed.error().description()));

  Profile profile;
  Policy& policy = profile.policy;
  Reader reader(parsed.table());
  reader.text("workshop", profile.workshop);
  reader.text("operator", profile.operator_name);
  reader.text("donor", profile.donor);
  reader.text("lot", profile.lot);
  reader.text("number_prefix", profile.number_prefix);
  reader.check("number_prefix", is_prefix(profile.number_prefix), "wants 1 to 12 capital letters or digits");
  reader.choice("language", policy.language);
  reader.text("image", policy.image);
  reader.check("image", is_folder_name(policy.image), "is the name of a folder in IMAGES, not a path");
  reader.text("method", policy.method);
  reader.check("method", policy.method == "auto" || method_named(policy.method) != nullptr,
               "is " + quoted(policy.method) + ", which `relance plan --help` does not list");
  reader.choice("verify", policy.verify);
  reader.percent("sample_percent", policy.sample_percent);
  reader.texts("external", [&](std::string_view name) { return accept_external(profile, name); });
  reader.texts("reserves", [&](std::string_view name) { return accept_reserve(profile, name); });
  reader.choice("at_end", profile.at_end);
  reader.flag("autopilot", profile.autopilot);
  if (std::optional<Error> trouble = reader.finish()) return *std::move(trouble);
  return profile;
}

}  // namespace relance
