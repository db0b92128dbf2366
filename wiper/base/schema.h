#pragma once
// What a type's JSON looks like, as JSON Schema (draft 2020-12), from the same fields() that write and read it: every member
// is there, and no other; nothing is said that reading does not ask.

#include <span>

#include "wiper/base/fields.h"

namespace relance {

// The shapes themselves, once and not in every type that has one.
namespace fields_detail {
Value schema_of_type(const char* type);
Value schema_of_hex(const std::string& count);
Value schema_of_range(Value least, Value most);
Value schema_of_names(std::span<const std::string_view> names);
Value schema_of_optional(Value held);
Value schema_of_list(Value item);
Value schema_of_object(ValueMembers properties);
}  // namespace fields_detail

template <class T>
Value json_schema() {
  using namespace fields_detail;
  if constexpr (HasFields<T>) {
    ValueMembers properties;
    const auto add = [&]<class Member>(std::string_view name, Member T::*) {
      properties.emplace_back(name, json_schema<Member>());
    };
    std::apply([&](const auto&... each) { (add(each.name, each.member), ...); }, T::fields());
    return schema_of_object(std::move(properties));
  } else if constexpr (NamedEnum<T>) {
    return schema_of_names(EnumNames<T>::names);
  } else if constexpr (std::is_same_v<T, bool>) {
    return schema_of_type("boolean");
  } else if constexpr (std::is_integral_v<T>) {
    using Widest = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
    return schema_of_range(Widest{std::numeric_limits<T>::min()}, Widest{std::numeric_limits<T>::max()});
  } else if constexpr (std::is_same_v<T, std::string>) {
    return schema_of_type("string");
  } else if constexpr (std::is_same_v<T, Bytes>) {
    return schema_of_hex("*");
  } else if constexpr (IsByteArray<T>::value) {
    return schema_of_hex("{" + std::to_string(std::tuple_size_v<T>) + "}");
  } else if constexpr (IsOptional<T>::value) {
    return schema_of_optional(json_schema<typename T::value_type>());
  } else if constexpr (IsVector<T>::value) {
    return schema_of_list(json_schema<typename T::value_type>());
  } else {
    static_assert(kNever<T>, "no schema for this type");
  }
}

}  // namespace relance
