#pragma once
// One language's words: what each language file hands over. Inside this folder only.

#include <span>
#include <string_view>

#include "wiper/base/stop.h"
#include "wiper/text/paper.h"
#include "wiper/text/sentence.h"
#include "wiper/text/word.h"

namespace relance {

struct SentenceWords {
  Sentence name;
  std::string_view words;  // With {0}, {1}… where the arguments go.
};
struct WordRow {
  Word name;
  std::string_view words;
};
struct PaperWordRow {
  PaperWord name;
  std::string_view words;
};
struct StopRow {
  Stop stop;
  std::string_view what;
  std::string_view what_to_do;
};

std::span<const SentenceWords> french_sentences();
std::span<const StopRow> french_stops();
std::span<const WordRow> french_words();
std::span<const PaperWordRow> french_paper_words();
std::span<const SentenceWords> english_sentences();
std::span<const StopRow> english_stops();
std::span<const WordRow> english_words();
std::span<const PaperWordRow> english_paper_words();

}  // namespace relance
