#pragma once
// A sentence before it has a language: its name and its arguments. Plans, events and refusals carry these; only what is
// shown or printed turns them into words. Every word a person reads is in this folder, one file a language.

#include <string>
#include <vector>

#include "wiper/base/fields.h"
#include "wiper/text/sentence.h"

namespace relance {

enum class Language : std::uint8_t { French, English };
template <>
struct EnumNames<Language> {
  static constexpr std::array<std::string_view, 2> names{"fr", "en"};
};

struct Phrase {
  Sentence name = Sentence::Nothing;
  std::vector<std::string> arguments;  // In the order of the places {0}, {1}… in the sentence.

  static constexpr auto fields() {
    return std::tuple{field("name", &Phrase::name), field("arguments", &Phrase::arguments)};
  }
  bool operator==(const Phrase&) const = default;
};

std::string say(Language language, const Phrase& phrase);
std::string say(Language language, Sentence sentence);

// What a STOP number says: what happened, and the one thing to do. At most 12 words each.
struct StopWords {
  std::string_view what;
  std::string_view what_to_do;
};
StopWords stop_words(Language language, Stop stop);

// 500107862016 → « 500 Go » / "500 GB": decimal units, as on the drive's label.
std::string say_size(Language language, std::uint64_t bytes);

// "45 s", "12 min", "1 h 20", "46 h": the same in all languages.
std::string say_duration(std::uint64_t seconds);

}  // namespace relance
