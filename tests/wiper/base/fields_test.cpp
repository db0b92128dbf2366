#include "wiper/base/fields.h"

#include <doctest/doctest.h>

namespace relance {
enum class Colour { Red, Green };
template <>
struct EnumNames<Colour> {
  static constexpr std::array<std::string_view, 2> names{"red", "green"};
};
namespace {

struct Leaf {
  std::uint64_t count = 0;
  std::optional<std::string> note;
  static constexpr auto fields() { return std::tuple{field("count", &Leaf::count), field("note", &Leaf::note)}; }
  bool operator==(const Leaf&) const = default;
};
struct Tree {
  Colour colour = Colour::Red;
  std::vector<Leaf> leaves;
  std::array<std::byte, 2> key{};
  std::int32_t offset = 0;
  static constexpr auto fields() {
    return std::tuple{field("colour", &Tree::colour), field("leaves", &Tree::leaves), field("key", &Tree::key),
                      field("offset", &Tree::offset)};
  }
  bool operator==(const Tree&) const = default;
};

TEST_SUITE("fields") {
  TEST_CASE("a type with fields() survives JSON both ways, members in their order") {
    const Tree tree{
        Colour::Green, {{18446744073709551615U, "Société Générale"}, {2, {}}}, {std::byte{1}, std::byte{255}}, -7};

    const std::string text = to_json(to_value(tree));

    CHECK(
        text ==
        R"({"colour":"green","leaves":[{"count":18446744073709551615,"note":"Société Générale"},{"count":2,"note":null}],"key":"01ff","offset":-7})");
    const Value read = parse_json(text).value();
    CHECK(from_value<Tree>(read).value() == tree);
  }

  TEST_CASE("a missing member is corrupt and named, a missing optional is empty, an unknown one is passed over") {
    CHECK(from_value<Leaf>(parse_json(R"({"count":1,"later":true})").value()).value() == Leaf{1, {}});
    const auto missing = from_value<Leaf>(parse_json(R"({"note":"x"})").value());
    CHECK(missing.error().code == Errc::Corrupt);
    CHECK(missing.error().detail.find("count") != std::string::npos);
  }

  TEST_CASE("hostile JSON is refused with a sentence") {
    for (const char* text :
         {"", "{", "[1,]", "1.5", "1e400", "99999999999999999999", R"({"a":1,"a":2})", "\"\xff\"", "[1] 2"}) {
      CAPTURE(text);
      CHECK(!parse_json(text).ok());
    }
    CHECK(!parse_json(std::string(100000, '[')).ok());
  }

  TEST_CASE("numbers that do not fit are refused") {
    CHECK(!from_value<std::uint8_t>(Value(std::uint64_t{256})).ok());
    CHECK(!from_value<std::uint64_t>(Value(std::int64_t{-1})).ok());
    CHECK(from_value<std::int8_t>(Value(std::int64_t{-128})).value() == -128);
  }
}

}  // namespace
}  // namespace relance
