#pragma once
// The parts of a PC that a trial start tries, by the names that its result has for them.

#include <string>

#include "wiper/text/phrase.h"

namespace relance {

// "sound" → « son ». A name that we do not know stays as it is.
std::string say_part(Language language, const std::string& name);

}  // namespace relance
