#include <doctest/doctest.h>

#include "tui/view/big_letters.h"
#include "tui/view/view.h"
#include "wiper/text/word.h"

namespace relance {
namespace {

TEST_SUITE("screen") {
  TEST_CASE("text outside of the grid is cut, never wrapped") {
    Screen screen({5, 2});

    screen.put(3, 0, "abc");
    screen.put(-1, 1, "xyz");
    screen.put(0, 7, "nowhere");

    CHECK(screen.to_text() == "   ab\nyz\n");
  }

  TEST_CASE("letters that move their neighbours are replaced") {
    Screen screen({8, 1});

    screen.put(0, 0, "é€\xe4\xb8\xad\xcc\x81\x1b\xff!");  // A wide letter, a combining one, an escape, a stray byte.

    CHECK(screen.to_text() == std::string("é€") + "???" + "?!\n");
  }

  TEST_CASE("lines break at blanks, and a word that is too long is broken") {
    CHECK(wrapped("un deux trois", 8) == std::vector<std::string>{"un deux", "trois"});
    CHECK(wrapped("abcdefghij kl", 4) == std::vector<std::string>{"abcd", "efgh", "ij", "kl"});
    CHECK(wrapped("", 4).empty());
  }

  TEST_CASE("every block letter that the words need is there, and the states fit on 80 columns") {
    for (const Language language : {Language::French, Language::English}) {
      for (const std::string& words :
           {say(language, Word::BigRunning) + " 100 %", say(language, Word::BigYourTurn), say(language, Word::BigDone),
            say(language, Word::BigStop) + " 90", say(language, Word::BigEnd, {"23:59"})}) {
        CAPTURE(words);
        CHECK(has_big_letters(words));
        CHECK(big_width(words) <= kSmallestScreen.columns - 2);
      }
    }
  }

  TEST_CASE("a workshop with a long name leaves the state in the first line whole") {
    Model model;
    model.screen = ScreenName::Running;
    model.workshop = "Atelier de démonstration";

    const std::string text = view(model, {80, 25}).to_text();
    const std::string title = text.substr(0, text.find('\n'));

    CHECK(title.starts_with("  Relance · Atelier de démonstra"));
    CHECK(title.find("… " + say(model.language, Word::BigRunning)) != std::string::npos);
  }

  TEST_CASE("no size makes the view write outside of its cells") {
    Model model;
    for (int columns = 1; columns < 130; columns += 7) {
      for (int rows = 1; rows < 60; rows += 5) {
        for (std::size_t screen = 0; screen < EnumNames<ScreenName>::names.size(); ++screen) {
          model.screen = static_cast<ScreenName>(screen);
          CHECK(view(model, {columns, rows}).size() == Size{columns, rows});
        }
      }
    }
  }
}

}  // namespace
}  // namespace relance
