#include "wiper/text/part.h"

#include "wiper/text/word.h"

namespace relance {
namespace {

constexpr std::pair<std::string_view, Word> kParts[] = {
    {"screen", Word::TrialScreen},   {"sound", Word::TrialSound}, {"camera", Word::TrialCamera},
    {"network", Word::TrialNetwork}, {"wifi", Word::TrialWifi},   {"bluetooth", Word::TrialBluetooth},
    {"disk", Word::TrialDisk}};

}  // namespace

std::string say_part(Language language, const std::string& name) {
  for (const auto& [known, word] : kParts)
    if (known == name) return say(language, word);
  return name;
}

}  // namespace relance
