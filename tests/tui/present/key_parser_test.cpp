#include "tui/present/key_parser.h"

#include <doctest/doctest.h>

namespace relance {
namespace {

std::string names(const std::vector<Key>& keys) {
  static constexpr std::string_view kNames[] = {"letter", "enter", "escape", "backspace", "tab",
                                                "up",     "down",  "left",   "right",     "interrupt"};
  std::string text;
  for (const Key& key : keys) {
    text += (text.empty() ? "" : " ") + std::string(kNames[static_cast<std::size_t>(key.name)]);
    if (key.name == KeyName::Letter) text += ":" + std::to_string(static_cast<unsigned>(key.letter));
  }
  return text;
}

TEST_SUITE("key parser") {
  TEST_CASE("letters, arrows of both kinds and the keys of every day") {
    KeyParser parser;

    CHECK(names(parser.feed("a")) == "letter:97");
    CHECK(names(parser.feed("é")) == "letter:233");
    CHECK(names(parser.feed("\x1b[A\x1bOB\x1b[1;5C")) == "up down right");
    CHECK(names(parser.feed("\r\n\t\x7f\x08\x03")) == "enter enter tab backspace backspace interrupt");
    CHECK(names(parser.feed("\x1b[15~\x01")) == "");
  }

  TEST_CASE("a letter or a sequence that comes in pieces is one key") {
    KeyParser parser;

    CHECK(names(parser.feed("\xc3")) == "");
    CHECK(names(parser.feed("\xa9")) == "letter:233");
    CHECK(names(parser.feed("\x1b")) == "");
    CHECK(names(parser.feed("[")) == "");
    CHECK(names(parser.feed("D")) == "left");
  }

  TEST_CASE("Escape alone is a key after a pause, and before another key") {
    KeyParser parser;

    CHECK(names(parser.feed("\x1b")) == "");
    CHECK(names(parser.pause()) == "escape");
    CHECK(names(parser.pause()) == "");
    CHECK(names(parser.feed("\x1bq")) == "escape letter:113");
  }

  TEST_CASE("an endless sequence does not grow for ever") {
    KeyParser parser;

    (void)parser.feed("\x1b[" + std::string(1000, ';'));

    CHECK(names(parser.feed("A")) != "up");
  }
}

}  // namespace
}  // namespace relance
