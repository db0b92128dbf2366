#pragma once
// A signature proves who said it, not that it makes sense. What a certificate of ours can never say at once.

#include <optional>
#include <string>

#include "wiper/certificate/certificate.h"

namespace relance {

// The first thing in it that contradicts another, in English; nothing if it is of one piece.
std::optional<std::string> find_contradiction(const Certificate& certificate);

}  // namespace relance
