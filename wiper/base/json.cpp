// The only file that includes nlohmann-json: a translation unit with it takes seconds to compile.

#include <nlohmann/json.hpp>
#include <optional>

#include "wiper/base/value.h"

namespace relance {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kDeepest = 64;  // Nothing of ours is deeper than 8; hostile text must not use up the stack.

Json to_ordered(const Value& value) {
  struct Visit {
    Json operator()(std::nullptr_t) const { return nullptr; }
    Json operator()(bool held) const { return held; }
    Json operator()(std::int64_t held) const { return held; }
    Json operator()(std::uint64_t held) const { return held; }
    Json operator()(const std::string& held) const { return held; }
    Json operator()(const ValueList& held) const {
      Json list = Json::array();
      for (const Value& item : held) list.push_back(to_ordered(item));
      return list;
    }
    Json operator()(const ValueMembers& held) const {
      Json object = Json::object();
      for (const auto& [name, member] : held) object[name] = to_ordered(member);
      return object;
    }
  };
  return std::visit(Visit{}, value.held);
}

// Builds a Value while the parser reads, so that depth and doubled members are seen before anything is nested.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Value root;
  std::string complaint;

  bool null() override { return put(Value(nullptr)); }
  bool boolean(bool held) override { return put(Value(held)); }
  bool number_integer(number_integer_t held) override { return put(Value(static_cast<std::int64_t>(held))); }
  bool number_unsigned(number_unsigned_t held) override { return put(Value(static_cast<std::uint64_t>(held))); }
  bool number_float(number_float_t, const string_t& text) override {
    return refuse("a number that is not an integer: " + text);
  }
  bool string(string_t& held) override { return put(Value(held)); }
  bool binary(binary_t&) override { return refuse("binary"); }
  bool start_object(std::size_t) override { return open(Value(ValueMembers{})); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open(Value(ValueList{})); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    const auto& members = std::get<ValueMembers>(open_.back()->held);
    for (const auto& [known, ignored] : members)
      if (known == name) return refuse("the member \"" + name + "\" twice");
    key_ = name;
    return true;
  }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::json::exception&) override {
    return refuse("not JSON at byte " + std::to_string(position));
  }

 private:
  // Pointers stay good: only the innermost open container grows.
  std::vector<Value*> open_;
  std::string key_;

  bool refuse(std::string why) {
    if (complaint.empty()) complaint = std::move(why);
    return false;
  }
  Value* place(Value value) {
    if (open_.empty()) {
      root = std::move(value);
      return &root;
    }
    if (auto* list = std::get_if<ValueList>(&open_.back()->held)) return &list->emplace_back(std::move(value));
    auto& members = std::get<ValueMembers>(open_.back()->held);
    return &members.emplace_back(key_, std::move(value)).second;
  }
  bool put(Value value) {
    place(std::move(value));
    return true;
  }
  bool open(Value container) {
    if (open_.size() >= kDeepest) return refuse("nested too deep");
    open_.push_back(place(std::move(container)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
};

}  // namespace

const Value* Value::member(std::string_view name) const {
  const auto* members = std::get_if<ValueMembers>(&held);
  if (members == nullptr) return nullptr;
  for (const auto& [known, value] : *members)
    if (known == name) return &value;
  return nullptr;
}

Result<std::string> Value::text_at(std::string_view name) const {
  const Value* found = member(name);
  const auto* text = found == nullptr ? nullptr : std::get_if<std::string>(&found->held);
  if (text == nullptr) return Error{Errc::Corrupt, Stop::Unspecified, "no text at \"" + std::string(name) + "\""};
  return *text;
}

std::string to_json(const Value& value) {
  return to_ordered(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_json_pretty(const Value& value) {
  return to_ordered(value).dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<Value> parse_json(std::string_view text) {
  Builder builder;
  const bool whole = nlohmann::json::sax_parse(text.begin(), text.end(), &builder);
  if (!whole)
    return Error{Errc::Corrupt, Stop::Unspecified, builder.complaint.empty() ? "not JSON" : builder.complaint};
  return std::move(builder.root);
}

}  // namespace relance
