#pragma once
// A type that is stored or sent lists its members once:
//
//   struct LbaRange {
//     std::uint64_t first = 0;
//     std::uint64_t count = 0;
//     static constexpr auto fields() { return std::tuple{field("first", &LbaRange::first), field("count", &LbaRange::count)}; }
//   };
//
// and gets to_value() and from_value() (so JSON both ways), which journal, certificate, manifest and --json share.
// Enums list their names: template <> struct EnumNames<Bus> { static constexpr std::array names{"unknown", "sata"}; };
// in the order of their values from 0. Reading is strict: a missing member is Corrupt, unless it is std::optional; a
// member that is not listed is passed over (a newer version wrote it).

#include <array>
#include <chrono>
#include <concepts>
#include <limits>
#include <optional>
#include <tuple>
#include <type_traits>

#include "wiper/base/bytes.h"
#include "wiper/base/value.h"

namespace relance {

template <class Owner, class Member>
struct Field {
  std::string_view name;
  Member Owner::* member;
};
template <class Owner, class Member>
constexpr Field<Owner, Member> field(std::string_view name, Member Owner::* member) {
  return {name, member};
}

template <class T>
struct EnumNames;

template <class T>
concept HasFields = requires { T::fields(); };
template <class T>
concept NamedEnum = std::is_enum_v<T> && requires { EnumNames<T>::names.size(); };
// A type that converts by itself: Value to_value() const; static Result<T> from_value(const Value&).
template <class T>
concept ConvertsItself = requires(const T& value, const Value& tree) {
  { value.to_value() } -> std::same_as<Value>;
  { T::from_value(tree) } -> std::same_as<Result<T>>;
};

template <NamedEnum T>
constexpr std::string_view name_of(T value) {
  return EnumNames<T>::names[static_cast<std::size_t>(value)];
}
template <NamedEnum T>
constexpr std::optional<T> enum_named(std::string_view name) {
  for (std::size_t i = 0; i < EnumNames<T>::names.size(); ++i)
    if (EnumNames<T>::names[i] == name) return static_cast<T>(i);
  return std::nullopt;
}

namespace fields_detail {
template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};
template <class T>
struct IsByteArray : std::false_type {};
template <std::size_t N>
struct IsByteArray<std::array<std::byte, N>> : std::true_type {};

inline Error wrong(std::string_view wanted) {
  return {Errc::Corrupt, Stop::Unspecified, "expected " + std::string(wanted)};
}
inline Error inside(std::string_view name, Error error) {
  error.detail = std::string(name) + ": " + error.detail;
  return error;
}
template <class>
inline constexpr bool kNever = false;
}  // namespace fields_detail

template <class T>
Value to_value(const T& value) {
  using namespace fields_detail;
  if constexpr (ConvertsItself<T>) {
    return value.to_value();
  } else if constexpr (HasFields<T>) {
    ValueMembers members;
    std::apply(
        [&](const auto&... each) {
          (members.emplace_back(std::string(each.name), relance::to_value(value.*each.member)), ...);
        },
        T::fields());
    return members;
  } else if constexpr (NamedEnum<T>) {
    return Value(std::string(name_of(value)));
  } else if constexpr (std::is_same_v<T, bool>) {
    return Value(value);
  } else if constexpr (std::is_integral_v<T> && std::is_signed_v<T>) {
    return Value(static_cast<std::int64_t>(value));
  } else if constexpr (std::is_integral_v<T>) {
    return Value(static_cast<std::uint64_t>(value));
  } else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) {
    return Value(static_cast<std::int64_t>(value.count()));
  } else if constexpr (std::is_same_v<T, std::string>) {
    return Value(value);
  } else if constexpr (std::is_same_v<T, Bytes> || IsByteArray<T>::value) {
    return Value(to_hex(value));
  } else if constexpr (IsOptional<T>::value) {
    return value ? relance::to_value(*value) : Value(nullptr);
  } else if constexpr (IsVector<T>::value) {
    ValueList list;
    for (const auto& item : value) list.push_back(relance::to_value(item));
    return list;
  } else {
    static_assert(kNever<T>, "no way to turn this type into a Value");
  }
}

template <class T>
Result<T> from_value(const Value& tree) {
  using namespace fields_detail;
  if constexpr (ConvertsItself<T>) {
    return T::from_value(tree);
  } else if constexpr (HasFields<T>) {
    if (!std::holds_alternative<ValueMembers>(tree.held)) return wrong("an object");
    T value;
    std::optional<Error> trouble;
    const auto read = [&](const auto& each) {
      using Member = std::remove_reference_t<decltype(value.*each.member)>;
      if (trouble) return;
      const Value* found = tree.member(each.name);
      if (found == nullptr) {
        if constexpr (!IsOptional<Member>::value) trouble = inside(each.name, wrong("a member of that name"));
        return;
      }
      Result<Member> member = relance::from_value<Member>(*found);
      if (member.ok())
        value.*each.member = std::move(member).value();
      else
        trouble = inside(each.name, std::move(member).error());
    };
    std::apply([&](const auto&... each) { (read(each), ...); }, T::fields());
    if (trouble) return *std::move(trouble);
    return value;
  } else if constexpr (NamedEnum<T>) {
    const auto* text = std::get_if<std::string>(&tree.held);
    const std::optional<T> value = text == nullptr ? std::nullopt : enum_named<T>(*text);
    if (!value) return wrong("one of the known names");
    return *value;
  } else if constexpr (std::is_same_v<T, bool>) {
    const auto* held = std::get_if<bool>(&tree.held);
    if (held == nullptr) return wrong("true or false");
    return *held;
  } else if constexpr (std::is_integral_v<T>) {
    if (const auto* whole = std::get_if<std::uint64_t>(&tree.held); whole != nullptr && std::in_range<T>(*whole))
      return static_cast<T>(*whole);
    if (const auto* whole = std::get_if<std::int64_t>(&tree.held); whole != nullptr && std::in_range<T>(*whole))
      return static_cast<T>(*whole);
    return wrong("an integer that fits");
  } else if constexpr (std::is_same_v<T, std::chrono::nanoseconds>) {
    const std::int64_t count = TRY(relance::from_value<std::int64_t>(tree));
    return std::chrono::nanoseconds(count);
  } else if constexpr (std::is_same_v<T, std::string>) {
    const auto* held = std::get_if<std::string>(&tree.held);
    if (held == nullptr) return wrong("text");
    return *held;
  } else if constexpr (std::is_same_v<T, Bytes>) {
    const auto* held = std::get_if<std::string>(&tree.held);
    if (held == nullptr) return wrong("hex text");
    return from_hex(*held);
  } else if constexpr (IsByteArray<T>::value) {
    const Bytes bytes = TRY(relance::from_value<Bytes>(tree));
    T value{};
    if (bytes.size() != value.size()) return wrong("hex text of another length");
    std::copy(bytes.begin(), bytes.end(), value.begin());
    return value;
  } else if constexpr (IsOptional<T>::value) {
    if (tree.is_null()) return T(std::nullopt);
    typename T::value_type held = TRY(relance::from_value<typename T::value_type>(tree));
    return T(std::move(held));
  } else if constexpr (IsVector<T>::value) {
    const auto* list = std::get_if<ValueList>(&tree.held);
    if (list == nullptr) return wrong("a list");
    T value;
    for (const Value& item : *list) {
      typename T::value_type held = TRY(relance::from_value<typename T::value_type>(item));
      value.push_back(std::move(held));
    }
    return value;
  } else {
    static_assert(kNever<T>, "no way to read this type from a Value");
  }
}

}  // namespace relance
