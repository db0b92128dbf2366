#include <doctest/doctest.h>

#include <algorithm>

#include "wiper/text/phrase.h"
#include "wiper/text/words.h"

namespace relance {
namespace {

std::size_t word_count(std::string_view words) {
  std::size_t count = 0;
  bool inside = false;
  for (const char letter : words) {
    const bool is_word = letter != ' ' && letter != ':' && letter != ';' && letter != '.' && letter != '%';
    if (is_word && !inside) ++count;
    inside = is_word;
  }
  return count;
}

// In words, of the sentences that a text consists of.
std::size_t longest_sentence(std::string_view words) {
  std::size_t longest = 0;
  while (!words.empty()) {
    const std::size_t end = words.find_first_of(".?!:;\n");
    longest = std::max(longest, word_count(words.substr(0, end)));
    words.remove_prefix(end == std::string_view::npos ? words.size() : end + 1);
  }
  return longest;
}

TEST_SUITE("text") {
  TEST_CASE("every sentence is there once, in every language") {
    for (const auto table : {french_sentences(), english_sentences()}) {
      CHECK(table.size() == EnumNames<Sentence>::names.size());
      for (std::size_t i = 0; i < EnumNames<Sentence>::names.size(); ++i) {
        CAPTURE(EnumNames<Sentence>::names[i]);
        CHECK(std::count_if(table.begin(), table.end(),
                            [i](const auto& row) { return row.name == static_cast<Sentence>(i); }) == 1);
      }
    }
  }

  TEST_CASE("every word of the screens is there once, in every language") {
    for (const auto table : {french_words(), english_words()}) {
      CHECK(table.size() == EnumNames<Word>::names.size());
      for (std::size_t i = 0; i < EnumNames<Word>::names.size(); ++i) {
        CAPTURE(EnumNames<Word>::names[i]);
        CHECK(std::count_if(table.begin(), table.end(),
                            [i](const auto& row) { return row.name == static_cast<Word>(i); }) == 1);
      }
      for (const WordRow& row : table) {
        CAPTURE(row.words);
        CHECK(!row.words.empty());
        CHECK(longest_sentence(row.words) <= 12);
      }
    }
  }

  TEST_CASE("every word of the printed certificate is there once, in every language") {
    for (const auto table : {french_paper_words(), english_paper_words()}) {
      CHECK(table.size() == EnumNames<PaperWord>::names.size());
      for (std::size_t i = 0; i < EnumNames<PaperWord>::names.size(); ++i) {
        CAPTURE(EnumNames<PaperWord>::names[i]);
        CHECK(std::count_if(table.begin(), table.end(), [i](const auto& row) {
                return row.name == static_cast<PaperWord>(i) && !row.words.empty();
              }) == 1);
      }
    }
  }

  TEST_CASE("every STOP number says what happened and what to do, in at most twelve words") {
    for (const auto table : {french_stops(), english_stops()}) {
      CHECK(table.size() == kAllStops.size());
      for (const Stop stop : kAllStops) {
        CAPTURE(static_cast<int>(stop));
        CHECK(std::count_if(table.begin(), table.end(), [stop](const StopRow& row) { return row.stop == stop; }) == 1);
      }
      for (const StopRow& row : table) {
        CAPTURE(row.what);
        CHECK(!row.what.empty());
        CHECK(!row.what_to_do.empty());
        CHECK(word_count(row.what) <= 12);
        CHECK(word_count(row.what_to_do) <= 12);
      }
    }
  }

  TEST_CASE("arguments go where the sentence wants them") {
    CHECK(say(Language::French, {Sentence::ReasonNotWritten, {"14"}}) == "Blocs qui n’ont pas pu être écrits : 14.");
    CHECK(say(Language::English, {Sentence::ReasonNotWritten, {}}) == "Blocks that could not be written: ?.");
  }

  TEST_CASE("sizes are said as on the drive's label") {
    CHECK(say_size(Language::French, 500107862016) == "500 Go");
    CHECK(say_size(Language::English, 9400000000) == "9.4 GB");
    CHECK(say_size(Language::French, 512) == "512 octets");
  }

  TEST_CASE("a part of the PC that fails its trial is named in the language of the sentence") {
    const Phrase phrase{Sentence::TrialCheckFailed, {"sound"}};

    CHECK(say(Language::French, phrase) == "essai : ne marche pas (son)");
    CHECK(say(Language::English, phrase) == "trial start: does not work (sound)");
  }
}

}  // namespace
}  // namespace relance
