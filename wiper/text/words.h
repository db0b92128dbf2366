#pragma once
// One language's words: what each language file hands over. Inside this folder only.

#include <span>
#include <string_view>

#include "wiper/base/stop.h"
#include "wiper/text/sentence.h"

namespace relance {

struct SentenceWords {
  Sentence name;
  std::string_view words;  // With {0}, {1}… where the arguments go.
};
struct StopRow {
  Stop stop;
  std::string_view what;
  std::string_view what_to_do;
};

std::span<const SentenceWords> french_sentences();
std::span<const StopRow> french_stops();
std::span<const SentenceWords> english_sentences();
std::span<const StopRow> english_stops();

}  // namespace relance
