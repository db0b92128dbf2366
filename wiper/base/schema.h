#pragma once
// What a type's JSON looks like, as JSON Schema (draft 2020-12), from the same fields() that write and read it: every member
// is there, and no other; nothing is said that reading does not ask.

#include "wiper/base/fields.h"

namespace relance {

namespace fields_detail {
inline Value schema_of_type(const char* type) { return ValueMembers{{"type", type}}; }
inline Value schema_of_hex(const std::string& count) {
  return ValueMembers{{"type", "string"}, {"pattern", "^([0-9a-f]{2})" + count + "$"}};
}
}  // namespace fields_detail

template <class T>
Value json_schema() {
  using namespace fields_detail;
  if constexpr (HasFields<T>) {
    ValueMembers properties;
    ValueList required;
    const auto add = [&]<class Member>(std::string_view name, Member T::*) {
      properties.emplace_back(std::string(name), json_schema<Member>());
      required.emplace_back(std::string(name));
    };
    std::apply([&](const auto&... each) { (add(each.name, each.member), ...); }, T::fields());
    return ValueMembers{{"type", "object"},
                        {"properties", std::move(properties)},
                        {"required", std::move(required)},
                        {"additionalProperties", false}};
  } else if constexpr (NamedEnum<T>) {
    ValueList names;
    for (const std::string_view name : EnumNames<T>::names) names.emplace_back(std::string(name));
    return ValueMembers{{"enum", std::move(names)}};
  } else if constexpr (std::is_same_v<T, bool>) {
    return schema_of_type("boolean");
  } else if constexpr (std::is_integral_v<T>) {
    using Widest = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    return ValueMembers{{"type", "integer"},
                        {"minimum", Widest{std::numeric_limits<T>::min()}},
                        {"maximum", Widest{std::numeric_limits<T>::max()}}};
  } else if constexpr (std::is_same_v<T, std::string>) {
    return schema_of_type("string");
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return schema_of_hex("*");
  } else if constexpr (IsByteArray<T>::value) {
    return schema_of_hex("{" + std::to_string(std::tuple_size_v<T>) + "}");
  } else if constexpr (IsOptional<T>::value) {
    return ValueMembers{{"anyOf", ValueList{schema_of_type("null"), json_schema<typename T::value_type>()}}};
  } else if constexpr (IsVector<T>::value) {
    return ValueMembers{{"type", "array"}, {"items", json_schema<typename T::value_type>()}};
  } else {
    static_assert(kNever<T>, "no schema for this type");
  }
}

}  // namespace relance
