#pragma once
// --help, in the person's language: what a command does, its options, examples that work as they stand, exit codes.

#include <string>

#include "wiper/text/word.h"

namespace relance {

// `about`: "wipe", "key stick"; empty: the whole program. An unknown name gives the program's help.
std::string help_text(Language language, const std::string& about);

}  // namespace relance
