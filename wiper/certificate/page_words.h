#pragma once
// How figures and moments are printed.

#include <cstdint>
#include <string>

#include "wiper/text/phrase.h"

namespace relance {

// 976773168 → "976 773 168", with blanks that do not break.
std::string grouped(std::uint64_t number);
// "ab12cd34…" → "ab12 cd34 …".
std::string hex_groups(const std::string& hex, std::size_t size);
// "2026-11-18T11:06:40Z" → « 18 novembre 2026 à 11:06 UTC »; empty → « non renseigné ».
std::string moment_words(Language language, const std::string& iso);

}  // namespace relance
