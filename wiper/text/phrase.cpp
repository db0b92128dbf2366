#include "wiper/text/phrase.h"

#include "wiper/text/part.h"
#include "wiper/text/words.h"

namespace relance {
namespace {

std::span<const SentenceWords> sentences_of(Language language) {
  return language == Language::French ? french_sentences() : english_sentences();
}

std::span<const StopRow> stops_of(Language language) {
  return language == Language::French ? french_stops() : english_stops();
}

std::span<const WordRow> words_in(Language language) {
  return language == Language::French ? french_words() : english_words();
}

std::span<const PaperWordRow> paper_words_in(Language language) {
  return language == Language::French ? french_paper_words() : english_paper_words();
}

// The words of that name. A test counts the tables; if one were missing a person still sees something.
template <class Row, class Name>
std::string_view words_of(std::span<const Row> rows, Name name) {
  for (const Row& row : rows)
    if (row.name == name) return row.words;
  return name_of(name);
}

std::string with_arguments(std::string_view words, const std::vector<std::string>& arguments) {
  std::string said;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool is_place =
        words[i] == '{' && i + 2 < words.size() && words[i + 2] == '}' && words[i + 1] >= '0' && words[i + 1] <= '9';
    if (!is_place) {
      said += words[i];
      continue;
    }
    const auto place = static_cast<std::size_t>(words[i + 1] - '0');
    said += place < arguments.size() ? arguments[place] : "?";
    i += 2;
  }
  return said;
}

// A part of the PC stands in a phrase by its name, for whoever reads the file; people read its word.
std::vector<std::string> arguments_of(Language language, const Phrase& phrase) {
  std::vector<std::string> arguments = phrase.arguments;
  if (phrase.name == Sentence::TrialCheckFailed)
    for (std::string& part : arguments) part = say_part(language, part);
  return arguments;
}

}  // namespace

std::string say(Language language, const Phrase& phrase) {
  return with_arguments(words_of(sentences_of(language), phrase.name), arguments_of(language, phrase));
}

std::string say(Language language, Word word, const std::vector<std::string>& arguments) {
  return with_arguments(words_of(words_in(language), word), arguments);
}

std::string say(Language language, PaperWord word, const std::vector<std::string>& arguments) {
  return with_arguments(words_of(paper_words_in(language), word), arguments);
}

std::string say(Language language, Sentence sentence) { return say(language, Phrase{sentence, {}}); }

StopWords stop_words(Language language, Stop stop) {
  for (const StopRow& row : stops_of(language))
    if (row.stop == stop) return {row.what, row.what_to_do};
  return {"STOP", "STOP"};
}

std::string say_size(Language language, std::uint64_t bytes) {
  static constexpr std::string_view kFrench[] = {"octets", "ko", "Mo", "Go", "To"};
  static constexpr std::string_view kEnglish[] = {"bytes", "kB", "MB", "GB", "TB"};
  std::uint64_t unit = 1;
  std::size_t power = 0;
  while (power < 4 && bytes / unit >= 1000) {
    unit *= 1000;
    ++power;
  }
  const std::uint64_t whole = bytes / unit;
  const std::uint64_t tenths = bytes % unit * 10 / unit;
  std::string said = std::to_string(whole);
  const char comma = language == Language::French ? ',' : '.';
  if (power > 0 && whole < 100 && tenths > 0) said += comma + std::to_string(tenths);
  return said + " " + std::string(language == Language::French ? kFrench[power] : kEnglish[power]);
}

std::string say_duration(std::uint64_t seconds) {
  constexpr std::uint64_t kDay_h = 24;
  if (seconds < 90) return std::to_string(seconds) + " s";
  const std::uint64_t minutes = (seconds + 30) / 60;
  if (minutes < 100) return std::to_string(minutes) + " min";
  const std::uint64_t hours = minutes / 60;
  const std::uint64_t rest = minutes % 60;
  if (hours >= kDay_h) return std::to_string(hours) + " h";
  return std::to_string(hours) + " h " + (rest < 10 ? "0" : "") + std::to_string(rest);
}

}  // namespace relance
