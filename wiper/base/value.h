#pragma once
// A tree of values: what stored or sent types turn into through their fields() (see fields.h), and what JSON text is read
// into. Members keep their order. No floating point: x87 and SSE round differently, and these bytes get signed.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "wiper/base/result.h"

namespace relance {

struct Value;
using ValueList = std::vector<Value>;
using ValueMembers = std::vector<std::pair<std::string, Value>>;

struct Value {
  std::variant<std::nullptr_t, bool, std::int64_t, std::uint64_t, std::string, ValueList, ValueMembers> held = nullptr;

  Value() = default;
  Value(std::nullptr_t) {}
  Value(bool value) : held(value) {}
  Value(std::int64_t value) : held(value) {}
  Value(std::uint64_t value) : held(value) {}
  Value(std::string value) : held(std::move(value)) {}
  Value(const char* value) : held(std::string(value)) {}
  Value(ValueList value) : held(std::move(value)) {}
  Value(ValueMembers value) : held(std::move(value)) {}

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(held); }
  // The member of that name, or nothing: not an object, or no such member.
  const Value* member(std::string_view name) const;
  // The text or the number at that name; Corrupt if it is not there or something else.
  Result<std::string> text_at(std::string_view name) const;

  bool operator==(const Value&) const = default;
};

// One line, UTF-8, members in their order, no spaces. Invalid UTF-8 in a string becomes U+FFFD.
std::string to_json(const Value& value);
// The same with two spaces of indent and a newline at the end: for files that people open.
std::string to_json_pretty(const Value& value);
// Corrupt: not JSON, nested deeper than 64, a number that is not a 64-bit integer, the same member twice.
Result<Value> parse_json(std::string_view text);

}  // namespace relance
