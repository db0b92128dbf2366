#include <doctest/doctest.h>

#include "tui/cli/options.h"

namespace relance {
namespace {

Result<Options> parse(std::vector<const char*> words) {
  words.insert(words.begin(), "relance");
  return parse_command_line(static_cast<int>(words.size()), words.data());
}

TEST_SUITE("command line") {
  TEST_CASE("alone it opens the screens") { CHECK(parse({}).value().command == Command::Screens); }

  TEST_CASE("a run as a script writes it") {
    const Options options = parse({"run", "/dev/sda", "/dev/sdb", "--number", "DEF-04217-8", "--stick", "CLE",
                                   "--passphrase-file", "words", "--confirm", "S1", "--confirm", "S2", "--no-image"})
                                .value();
    CHECK(options.command == Command::Run);
    CHECK(options.paths == std::vector<std::string>{"/dev/sda", "/dev/sdb"});
    CHECK(options.confirm == std::vector<std::string>{"S1", "S2"});
    CHECK(options.number == "DEF-04217-8");
    CHECK(options.stick == "CLE");
    CHECK(options.no_image);
  }

  TEST_CASE("options that all commands know may stand before or behind the command") {
    for (const std::vector<const char*>& words :
         {std::vector{"--json", "--language", "en", "drives"}, std::vector{"drives", "--json", "--language", "en"}}) {
      const Options options = parse(words).value();
      CHECK(options.command == Command::Drives);
      CHECK(options.json);
      CHECK(options.language == Language::English);
    }
  }

  TEST_CASE("help is about the command before it") {
    CHECK(parse({"--help"}).value().command == Command::Help);
    CHECK(parse({"wipe", "--help"}).value().help_about == "wipe");
    CHECK(parse({"key", "stick", "-h"}).value().help_about == "key stick");
  }

  TEST_CASE("what cannot be meant is refused as usage, and never guessed") {
    for (const std::vector<const char*>& words : {
             std::vector{"wip", "/dev/sda"},
             std::vector{"wipe"},
             std::vector{"wipe", "/dev/sda", "--verify", "half"},
             std::vector{"wipe", "/dev/sda", "--force"},
             std::vector{"verify", "/dev/sda", "/dev/sdb"},
             std::vector{"verify", "/dev/sda", "--content", "two"},
             std::vector{"deploy", "folder"},
             std::vector{"deploy", "folder", "/dev/sda", "/dev/sdb"},
             std::vector{"key"},
             std::vector{"key", "stick", "folder"},
             std::vector{"--language", "de", "drives"},
         }) {
      CAPTURE(words);
      const Result<Options> options = parse(words);
      REQUIRE_FALSE(options.ok());
      CHECK(options.error().stop == Stop::Usage);
    }
  }

  TEST_CASE("the language: asked for, else the environment's, else the profile's") {
    CHECK(language_of({.language = Language::English}, Language::French) == Language::English);
    unsetenv("LC_ALL");
    unsetenv("LC_MESSAGES");
    setenv("LANG", "en_GB.UTF-8", 1);
    CHECK(language_of({}, Language::French) == Language::English);
    setenv("LC_ALL", "fr_FR.UTF-8", 1);
    CHECK(language_of({}, Language::English) == Language::French);
    unsetenv("LC_ALL");
    setenv("LANG", "de_DE.UTF-8", 1);
    CHECK(language_of({}, Language::French) == Language::French);
  }
}

}  // namespace
}  // namespace relance
