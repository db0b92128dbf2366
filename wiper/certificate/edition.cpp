#include "wiper/certificate/edition.h"

#include <algorithm>

#include "wiper/certificate/certificate.h"

namespace relance {
namespace {

// Edition 1 knew of a trial start only whether it is awaited. Edition 2 had more to say of it, and called itself version 1
// like the first: its `rank` tells them apart. From edition 3 on the version is the edition.
constexpr std::uint64_t kTrialStarts = 2;
constexpr std::uint64_t kVersionIsEdition = 3;
constexpr std::string_view kAwaited = "trial_awaited";

// A member that an edition added, in the object at that path, and what the silence of those before it means.
struct Addition {
  std::uint64_t edition;
  std::string_view path;
  std::string_view name;
  std::string_view silence;  // JSON.
};
constexpr Addition kAdditions[] = {
    {kTrialStarts, "image", "statement_sha256", R"("")"},
    {kTrialStarts, "", "rank", "1"},
    {kTrialStarts, "", "replaces", "null"},
    {3, "", "parties", R"({"workshop":"","operator":"","donor":"","lot":""})"},
    {4, "", "ledger", "null"},
    {5, "erase", "by_drive", "null"},
};

Error wrong(std::string why) { return {Errc::Corrupt, Stop::Unspecified, std::move(why)}; }

ValueMembers::iterator find(ValueMembers& members, std::string_view name) {
  return std::ranges::find_if(members, [&](const auto& member) { return member.first == name; });
}

// The objects at a path: none, one, or as many as a list on the way holds.
std::vector<ValueMembers*> objects_at(Value& tree, std::string_view path) {
  if (auto* list = std::get_if<ValueList>(&tree.held)) {
    std::vector<ValueMembers*> all;
    for (Value& each : *list)
      for (ValueMembers* found : objects_at(each, path)) all.push_back(found);
    return all;
  }
  auto* members = std::get_if<ValueMembers>(&tree.held);
  if (members == nullptr) return {};
  if (path.empty()) return {members};
  const auto dot = path.find('.');
  const auto next = find(*members, path.substr(0, dot));
  if (next == members->end()) return {};
  return objects_at(next->second, dot == std::string_view::npos ? "" : path.substr(dot + 1));
}

}  // namespace

Result<std::uint64_t> edition_of(const Value& tree) {
  const Value* const version = tree.member("version");
  if (version != nullptr && *version == Value(std::uint64_t{1}))
    return tree.member("rank") == nullptr ? 1 : kTrialStarts;
  for (std::uint64_t edition = kVersionIsEdition; edition <= kCertificateVersion; ++edition)
    if (version != nullptr && *version == Value(edition)) return edition;
  return wrong("of another version; take a newer program");
}

Result<Value> in_todays_shape(Value tree, std::uint64_t edition) {
  auto& members = std::get<ValueMembers>(tree.held);
  find(members, "version")->second = Value(edition);
  if (edition < kTrialStarts) {
    const auto awaited = find(members, kAwaited);
    if (awaited == members.end() || find(members, "trial") != members.end())
      return wrong("a trial start out of its time");
    if (awaited->second != Value(false) && awaited->second != Value(true))
      return wrong("a trial start neither awaited nor not");
    const bool is_awaited = awaited->second == Value(true);
    *awaited = {"trial", is_awaited ? to_value(CertifiedTrial{TrialState::Awaited, {}}) : Value(nullptr)};
  }
  for (const Addition& added : kAdditions) {
    if (added.edition <= edition) continue;
    for (ValueMembers* object : objects_at(tree, added.path)) {
      if (find(*object, added.name) != object->end()) return wrong(std::string(added.name) + " before its time");
      object->emplace_back(added.name, parse_json(added.silence).value());
    }
  }
  return tree;
}

Value in_shape_of(Value tree, std::uint64_t edition) {
  for (const Addition& added : kAdditions)
    if (added.edition > edition)
      for (ValueMembers* object : objects_at(tree, added.path)) object->erase(find(*object, added.name));
  auto& members = std::get<ValueMembers>(tree.held);
  if (edition < kTrialStarts) {
    const auto trial = find(members, "trial");
    *trial = {std::string(kAwaited), Value(!trial->second.is_null())};
  }
  if (edition < kVersionIsEdition) find(members, "version")->second = Value(std::uint64_t{1});
  return tree;
}

}  // namespace relance
